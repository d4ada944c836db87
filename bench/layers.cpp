// SPDX-License-Identifier: Apache-2.0
// tusk_bench_layers [--only NAME] [--seconds S] [--json]: how long a layer takes forward, for its
// weights' gradients and for its input's, on one thread; convolutions beside oneDNN's primitives,
// in turns, where the program was built with it. Recurrent and normalizing layers: forward, and
// forward and backward, which needs what forward leaves.
#include <fmt/format.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <array>
#include <cstdlib>
#include <limits>
#include <string>
#include <vector>

#include "fma_peak.hpp"
#include "net/layers/make_layer.hpp"
#include "onednn.hpp"
#include "timing.hpp"
#include "tusk/aligned_vector.hpp"
#include "tusk/random.hpp"

namespace {

using namespace tusk;
using namespace tusk::bench;

constexpr std::array convolutions{
    ConvolutionCase{"32x32x16 to 16, 3x3", 32, 32, 16, 3, 3, 16, true, 32},
    ConvolutionCase{"26x26x32 to 64, 3x3", 26, 26, 32, 3, 3, 64, false, 32},
    ConvolutionCase{"28x28x1 to 32, 3x3", 28, 28, 1, 3, 3, 32, false, 32},
    ConvolutionCase{"26x26x32 to 32, 3x3", 26, 26, 32, 3, 3, 32, false, 16},
    ConvolutionCase{"8x8x64 to 64, 3x3", 8, 8, 64, 3, 3, 64, true, 32},
    ConvolutionCase{"conv1d 10x14 to 10, 1", 1, 10, 14, 1, 1, 10, false, 32},
};

AlignedVector<Real> numbers(std::size_t count) {
  Random random(1, Stream::shuffle, static_cast<std::uint32_t>(count));
  AlignedVector<Real> values(count);
  for (Real& value : values) value = static_cast<Real>(random.uniform(-1.0, 1.0));
  return values;
}

// A layer between its inputs and outputs, and the calls that are timed.
class Subject {
 public:
  Subject(const LayerOptions& options, const Shape& input, std::size_t batch)
      : layer_(layers::make_layer(options, {&input, 1}, "layer")),
        batch_(batch),
        inputs_(input.elements()),
        outputs_(layer_->output_shapes().front().elements()),
        memory_(layer_->memory(layers::Mode::training)),
        weights_(numbers(parameters(layers::Role::trained))),
        gradients_(weights_.size()),
        statistics_(parameters(layers::Role::statistic), Real{1}),
        x_(numbers(inputs_ * batch)),
        dx_(inputs_ * batch),
        y_(outputs_ * batch),
        dy_(numbers(outputs_ * batch)),
        wanted_(dy_),
        kept_(memory_.kept * batch),
        kept_of_batch_(memory_.kept_of_batch),
        scratch_(memory_.scratch + 1) {}

  void forward() {
    const ConstMatrix x(x_.data(), inputs_, batch_);
    const Matrix y(y_.data(), outputs_, batch_);
    layer_->forward({.pass = {.team = team_, .mode = layers::Mode::training},
                     .weights = weights_,
                     .statistics = statistics_,
                     .new_statistics = statistics_,
                     .inputs = {&x, 1},
                     .outputs = {&y, 1},
                     .kept = {kept_.data(), memory_.kept, batch_},
                     .kept_of_batch = kept_of_batch_,
                     .scratch = scratch()});
  }
  void weight_gradient() { backward(false, {}); }
  void input_gradient() { backward(true, {dx_.data(), inputs_, batch_}); }

  // Backward may overwrite the output's gradient, which is therefore a copy.
  void forward_and_backward() {
    forward();
    std::ranges::copy(wanted_, dy_.begin());
    const bool in_place =
        !memory_.gradients.empty() && memory_.gradients[0] == layers::InputGradient::in_place;
    backward(false, {in_place ? dy_.data() : dx_.data(), inputs_, batch_});
  }

 private:
  std::size_t parameters(layers::Role role) const {
    std::size_t count = 0;
    for (const layers::Parameter& parameter : layer_->parameters()) {
      if (parameter.role == role) count += parameter.size();
    }
    return count;
  }

  layers::Scratch scratch() { return {scratch_.data(), memory_.scratch, 0}; }

  void backward(bool frozen, const Matrix& dx) {
    const ConstMatrix x(x_.data(), inputs_, batch_);
    const ConstMatrix y(y_.data(), outputs_, batch_);
    const Matrix dy(dy_.data(), outputs_, batch_);
    layers::WholeGradients sink(gradients_);
    layer_->backward({.pass = {.team = team_, .mode = layers::Mode::training, .frozen = frozen},
                      .weights = weights_,
                      .statistics = statistics_,
                      .inputs = {&x, 1},
                      .outputs = {&y, 1},
                      .kept = {kept_.data(), memory_.kept, batch_},
                      .kept_of_batch = kept_of_batch_,
                      .scratch = scratch(),
                      .output_gradients = {&dy, 1},
                      .input_gradients = {&dx, 1},
                      .gradients = layers::LayerGradients(sink, 0)});
  }

  kernels::Team team_;
  std::unique_ptr<layers::Layer> layer_;
  std::size_t batch_;
  std::size_t inputs_;
  std::size_t outputs_;
  layers::LayerMemory memory_;
  AlignedVector<Real> weights_, gradients_, statistics_, x_, dx_, y_, dy_, wanted_, kept_,
      kept_of_batch_, scratch_;
};

// The fastest groups of two works, timed in turns; the second may be empty.
struct Times {
  double ours_s = std::numeric_limits<double>::infinity();
  double theirs_s = std::numeric_limits<double>::infinity();
};

Times time_both(double seconds, const std::function<void()>& ours,
                const std::function<void()>& theirs) {
  constexpr int turns = 5;
  Times times;
  for (int turn = 0; turn < turns; ++turn) {
    times.ours_s = std::min(times.ours_s, fastest_s(seconds / turns, ours));
    if (theirs) times.theirs_s = std::min(times.theirs_s, fastest_s(seconds / turns, theirs));
  }
  return times;
}

bool json = false;  // one object a line

void print(const Times& t, double flops, const char* what, const std::string& name) {
  if (json) {
    fmt::print(R"({{"layer": "{}", "what": "{}", "s": {:.5g}}})"
               "\n",
               name, what, t.ours_s);
    return;
  }
  fmt::print("{:<24} {:<16} {:>9.1f} {:>8.1f} {:>10.1f} {:>7.2f}\n", name, what, t.ours_s * 1e6,
             flops * 1e-9 / t.ours_s, t.theirs_s * 1e6, t.ours_s / t.theirs_s);
}

void print_header() {
  fmt::print("one thread; the peak of a core is {:.0f} GFLOP/s; oneDNN {}\n", fma_peak_gflops(),
             onednn_version());
  fmt::print("{:<24} {:<16} {:>9} {:>8} {:>10} {:>7}\n", "layer", "", "us", "GFLOP/s", "oneDNN us",
             "ratio");
}

void measure(const ConvolutionCase& c, double seconds) {
  const Conv2dOptions options{.filters = c.filters,
                              .kernel_size = {{c.kernel_rows, c.kernel_cols}},
                              .padding = c.same ? Padding::same : Padding::valid};
  Subject subject(options, {c.rows, c.cols, c.channels}, c.batch);
  const OnednnConvolution theirs = onednn_convolution(c);
  const std::size_t rows = c.same ? c.rows : c.rows - c.kernel_rows + 1;
  const std::size_t cols = c.same ? c.cols : c.cols - c.kernel_cols + 1;
  const double flops = 2.0 * static_cast<double>(c.batch * rows * cols * c.kernel_rows *
                                                 c.kernel_cols * c.channels * c.filters);
  print(time_both(
            seconds, [&] { subject.forward(); }, theirs.forward),
        flops, "forward", c.name);
  print(time_both(
            seconds, [&] { subject.weight_gradient(); }, theirs.kernel_gradient),
        flops, "weight gradient", c.name);
  print(time_both(
            seconds, [&] { subject.input_gradient(); }, theirs.input_gradient),
        flops, "input gradient", c.name);
}

void measure(const std::string& name, const LayerOptions& options, const Shape& input,
             std::size_t batch, double seconds) {
  Subject subject(options, input, batch);
  print(time_both(seconds, [&] { subject.forward(); }, {}), 0.0, "forward", name);
  print(time_both(seconds, [&] { subject.input_gradient(); }, {}), 0.0, "input gradient", name);
}

// A layer whose backward overwrites what forward leaves.
void measure_both(const std::string& name, const LayerOptions& options, const Shape& input,
                  std::size_t batch, double flops, double seconds) {
  Subject subject(options, input, batch);
  print(time_both(seconds, [&] { subject.forward(); }, {}), flops, "forward", name);
  print(time_both(seconds, [&] { subject.forward_and_backward(); }, {}), 3.0 * flops,
        "and backward", name);
}

}  // namespace

int main(int argc, char** argv) {
  if (setenv("OMP_NUM_THREADS", "1", 0) == 0 && std::getenv("TUSK_BENCH_AGAIN") == nullptr) {
    setenv("TUSK_BENCH_AGAIN", "1", 1);  // oneDNN's threads read it before main() begins
    execv("/proc/self/exe", argv);
  }
  CLI::App app("How long layers take on one thread, beside oneDNN's primitives");
  std::string only;
  double seconds = 0.5;
  app.add_option("--only", only, "Layers whose names have this in them");
  app.add_option("--seconds", seconds, "How long to measure each time");
  app.add_flag("--json", json, "One object a line");
  CLI11_PARSE(app, argc, argv);
  const auto is_wanted = [&](const std::string& name) {
    return name.find(only) != std::string::npos;
  };
  if (!json) print_header();
  for (const ConvolutionCase& c : convolutions) {
    if (is_wanted(c.name)) measure(c, seconds);
  }
  if (is_wanted("max_pooling2d 24x24x32")) {
    measure("max_pooling2d 24x24x32", MaxPooling2dOptions{}, {24, 24, 32}, 16, seconds);
  }
  if (is_wanted("depthwise 26x26x32")) {
    measure("depthwise 26x26x32", DepthwiseConv2dOptions{.kernel_size = {{3}}}, {26, 26, 32}, 16,
            seconds);
  }
  const double gate_flops = 2.0 * 64 * 20 * 100 * (15 + 100);
  if (is_wanted("gru 20x15 to 100")) {
    measure_both("gru 20x15 to 100", GruOptions{{.units = 100}}, {20, 15}, 64, 3 * gate_flops,
                 seconds);
  }
  if (is_wanted("lstm 20x15 to 100")) {
    measure_both("lstm 20x15 to 100", LstmOptions{{.units = 100}}, {20, 15}, 64, 4 * gate_flops,
                 seconds);
  }
  if (is_wanted("batch_norm 26x26x32")) {
    measure_both("batch_norm 26x26x32", BatchNormalizationOptions{}, {26, 26, 32}, 16, 0.0,
                 seconds);
  }
  return 0;
}
