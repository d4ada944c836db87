// SPDX-License-Identifier: Apache-2.0
// tusk_bench_overlap [options]: what a window of training costs with its exchange after it, with
// the exchange beside the next window (trainer.overlap), and with none at all, in turns within one
// run. Under mpirun; rank 0 serves, all others train the MNIST network with Adam on noise.
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <array>
#include <cstdio>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "exchange/center/make_center.hpp"
#include "exchange/center/overlapping_center.hpp"
#include "mpi/communicator.hpp"
#include "mpi_program.hpp"
#include "net/graph/model.hpp"
#include "net/optim/make_optimizer.hpp"
#include "run/worker/fused_update.hpp"
#include "served_work.hpp"
#include "tusk/aligned_vector.hpp"
#include "tusk/error.hpp"
#include "tusk/random.hpp"

namespace {

using namespace tusk;

struct Arguments {
  std::size_t batch = 32;
  std::vector<std::size_t> windows{1, 2, 5};
  ServerOptions server;
  int rounds = 15;
  int repetitions = 20;  // windows a round
};

ModelOptions network() {
  ModelOptions model;
  for (const std::size_t units : {1000, 200}) {
    model.layers.push_back(DenseOptions{.units = units, .activation = Activation::relu});
    model.layers.push_back(DropoutOptions{.rate = 0.2});
  }
  model.layers.push_back(DenseOptions{.units = 10, .activation = Activation::softmax});
  return model;
}

// A worker's training, as worker::Worker does it.
class Trainee {
 public:
  Trainee(const graph::Model& model, std::size_t batch, std::span<const float> initial)
      : model_(model),
        batch_(batch),
        optimizer_(make_optimizer(model)),
        workspace_(model.make_workspace(batch, true)),
        weights_(initial.begin(), initial.end()),
        pulled_(weights_),
        gradients_(weights_.size()),
        inputs_(count * model.input_size() * batch),
        labels_(count * batch) {
    Random random(1, Stream::shuffle);
    for (float& value : inputs_) value = static_cast<float>(random.normal());
    for (std::int32_t& label : labels_) label = static_cast<std::int32_t>(random.below(10));
  }

  void steps(std::size_t window, const std::function<void()>* between_layers) {
    for (std::size_t i = 0; i < window; ++i, ++step_) {
      const std::size_t which = step_ % count * batch_;
      worker::FusedUpdate update(*optimizer_, weights_, gradients_);
      model_.train_step(
          weights_, {inputs_.data() + which * model_.input_size(), model_.input_size(), batch_},
          {.classes = std::span(labels_).subspan(which, batch_), .values = {}}, update, workspace_,
          {.seed = 1, .step = step_, .between_layers = between_layers});
    }
  }
  void exchange(center::CenterVariable& center) { center.commit_change(weights_, pulled_, {}); }

 private:
  static constexpr std::size_t count = 16;  // batches

  static std::unique_ptr<optim::Optimizer> make_optimizer(const graph::Model& model) {
    OptimizerOptions adam = with_defaults(AdamOptions{});
    adam.learning_rate = 1e-6;
    std::vector<std::size_t> sizes;
    for (const layers::Parameter& parameter : model.parameters()) sizes.push_back(parameter.size());
    return optim::make_optimizer(adam, sizes);
  }

  const graph::Model& model_;
  std::size_t batch_;
  std::unique_ptr<optim::Optimizer> optimizer_;
  graph::Workspace workspace_;
  AlignedVector<float> weights_;
  AlignedVector<float> pulled_;
  AlignedVector<float> gradients_;
  AlignedVector<float> inputs_;
  std::vector<std::int32_t> labels_;
  std::size_t step_ = 0;
};

class Benchmark {
 public:
  Benchmark(const mpi::Communicator& world, const graph::Model& model, const Arguments& arguments,
            std::span<const float> initial)
      : world_(world),
        arguments_(arguments),
        center_(center::make_center(world, initial, arguments.server, std::nullopt)),
        trainee_(model, arguments.batch, initial) {}

  // Milliseconds a window: without exchanges, with them after and with them beside the steps.
  std::array<double, 3> round(std::size_t window) {
    const double steps_s = timed([&] { trainee_.steps(window, nullptr); }, [] {});
    const double after_s = timed(
        [&] {
          trainee_.steps(window, nullptr);
          trainee_.exchange(*center_.worker);
        },
        [] {});
    std::optional<center::OverlappingCenter> overlapping;
    if (center_.worker) overlapping.emplace(*center_.worker);
    const std::function<void()> between_layers = [&] { overlapping->advance(); };
    const double beside_s = timed(
        [&] {
          trainee_.steps(window, &between_layers);
          trainee_.exchange(*overlapping);
        },
        [&] { overlapping->complete(); });
    return {steps_s * 1e3, after_s * 1e3, beside_s * 1e3};
  }

  const center::Center& center() const { return center_; }

 private:
  // The mean over the workers; the last exchange is waited for and counts.
  template <typename Work, typename End>
  double timed(Work work, End end) {
    return bench::mean_over_workers_s(world_, center_, arguments_.repetitions, [&] {
      for (int i = 0; i < arguments_.repetitions; ++i) work();
      end();
    });
  }

  const mpi::Communicator& world_;
  const Arguments& arguments_;
  center::Center center_;
  Trainee trainee_;
};

void measure(const Arguments& arguments, const mpi::Communicator& world) {
  const graph::Model model(network(), {784});
  AlignedVector<float> initial(model.parameter_count());
  model.initialize(initial, 1);
  Benchmark benchmark(world, model, arguments, initial);
  if (world.rank() == 0) {
    fmt::print("transport {}, {} workers, {} parameters, batch {}\n{:>6} {:>9} {:>9} {:>9} {:>7}\n",
               name_of(benchmark.center().transport), world.size() - 1, model.parameter_count(),
               arguments.batch, "window", "steps ms", "after ms", "beside ms", "hidden");
  }
  for (const std::size_t window : arguments.windows) {
    benchmark.round(window);  // warms up
    std::array<std::vector<double>, 3> times;
    std::vector<double> hidden;
    for (int i = 0; i < arguments.rounds; ++i) {
      const auto round = benchmark.round(window);
      for (std::size_t kind = 0; kind < 3; ++kind) times[kind].push_back(round[kind]);
      hidden.push_back((round[1] - round[2]) / (round[1] - round[0]));
    }
    if (world.rank() != 0) continue;
    fmt::print("{:>6} {:>9.3f} {:>9.3f} {:>9.3f} {:>6.0f}%\n", window, bench::median(times[0]),
               bench::median(times[1]), bench::median(times[2]), 100.0 * bench::median(hidden));
    std::fflush(stdout);
  }
}

}  // namespace

int main(int argc, char** argv) {
  Arguments arguments;
  CLI::App app("What a window costs with its exchange after it and beside the next");
  app.add_option("--batch", arguments.batch);
  app.add_option("--windows", arguments.windows, "Steps between two exchanges")->delimiter(',');
  app.add_option("--transport", arguments.server.transport)
      ->transform(CLI::CheckedTransformer(bench::choices<Transport>()));
  app.add_option("--rounds", arguments.rounds, "Whose median is printed");
  return bench::run_program(argc, argv, app, [&](const mpi::Communicator& world) {
    if (world.size() < 2) fail(ExitCode::usage, "at least two ranks: mpirun -n 3 …");
    measure(arguments, world);
  });
}
