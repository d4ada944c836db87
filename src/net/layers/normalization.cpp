// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cmath>
#include <utility>
#include <vector>

#include "net/layers/axes.hpp"
#include "net/layers/layers.hpp"
#include "options/describe.hpp"
#include "options/require_valid.hpp"
#include "tusk/error.hpp"

namespace tusk::layers {
namespace {

// y = (x − mean)/d, d = max(√variance, 1e-7), for each channel; inverted, y = mean + x d. Mean and
// variance are options, or arrays of the layer, which nothing moves: Keras's adapt() has made them.
class Normalization final : public Layer {
 public:
  Normalization(const NormalizationOptions& options, const Shape& shape, const Channels& channels,
                const std::string& key)
      : options_(options), shape_(shape), channels_(channels), key_(key) {}

  std::vector<Shape> output_shapes() const override { return {shape_}; }
  LayerMemory memory(Mode) const override {
    return {.gradients = {InputGradient::in_place},
            .kept_of_batch = 2 * channels_.count,
            .backward_reads_inputs = false,
            .backward_reads_outputs = false};
  }
  std::vector<Parameter> parameters() const override;
  void forward(const Forward& args) const override;
  void backward(const Backward& args) const override;

 private:
  std::pair<double, double> moments(ConstSpan statistics, std::size_t channel) const;

  // work(first number, its channel, how many of that lie there), for all numbers of a sample.
  template <typename Work>
  void for_each_run(kernels::Team& team, ConstMatrix batch, const Work& work) const {
    const std::size_t inner = channels_.inner;
    team.share(batch.cols(), 1, 4 * batch.rows(), [&](const kernels::Share& share) {
      for (std::size_t sample = share.first; sample < share.last; ++sample) {
        for (std::size_t i = 0; i < batch.rows(); i += inner) {
          work(sample * batch.rows() + i, channels_.channel(i), inner);
        }
      }
    });
  }

  NormalizationOptions options_;
  Shape shape_;
  Channels channels_;
  std::string key_;
};

std::vector<Parameter> Normalization::parameters() const {
  if (options_.mean) return {};
  std::vector<Parameter> arrays;
  for (const auto& [name, shape] : {std::pair<const char*, Shape>{"mean", {channels_.count}},
                                    std::pair<const char*, Shape>{"variance", {channels_.count}},
                                    std::pair<const char*, Shape>{"count", {}}}) {
    arrays.push_back(
        {.name = name,
         .shape = shape,
         .initializer =
             [key = key_](const Parameter&, Random&, Span) {
               fail(ExitCode::bad_experiment,
                    "{}: normalization needs mean and variance, or a model.file that has them; "
                    "to learn them from the training rows, use the transform \"standard\"",
                    key);
             },
         .role = Role::statistic,
         .frozen = true});
  }
  return arrays;
}

std::pair<double, double> Normalization::moments(ConstSpan statistics, std::size_t channel) const {
  double mean = 0.0;
  double variance = 0.0;
  if (options_.mean) {
    const auto of_channel = [channel](const std::vector<double>& values) {
      return values[values.size() == 1 ? 0 : channel];
    };
    mean = of_channel(*options_.mean);
    variance = of_channel(*options_.variance);
  } else {
    mean = static_cast<double>(statistics[channel]);
    variance = static_cast<double>(statistics[channels_.count + channel]);
  }
  return {mean, std::max(std::sqrt(variance), 1e-7)};
}

void Normalization::forward(const Forward& args) const {
  const Span center = args.kept_of_batch.first(channels_.count);
  const Span factor = args.kept_of_batch.subspan(channels_.count, channels_.count);
  for (std::size_t c = 0; c < channels_.count; ++c) {
    const auto [mean, deviation] = moments(args.statistics, c);
    center[c] = static_cast<Real>(mean);
    factor[c] = static_cast<Real>(options_.invert ? deviation : 1.0 / deviation);
  }
  const Real* const x = args.x().data();
  Real* const y = args.y().data();
  for_each_run(args.pass.team, args.x(), [&](std::size_t i, std::size_t c, std::size_t count) {
    const std::size_t end = i + count;
    if (options_.invert) {
      for (; i < end; ++i) y[i] = center[c] + x[i] * factor[c];
    } else {
      for (; i < end; ++i) y[i] = (x[i] - center[c]) * factor[c];
    }
  });
}

void Normalization::backward(const Backward& args) const {
  const ConstSpan factor = args.kept_of_batch.subspan(channels_.count, channels_.count);
  Real* const dy = args.dy().data();
  for_each_run(args.pass.team, args.dy(), [&](std::size_t i, std::size_t c, std::size_t count) {
    for (const std::size_t end = i + count; i < end; ++i) dy[i] *= factor[c];
  });
}

void require_one_a_channel(const std::optional<std::vector<double>>& values, std::size_t channels,
                           const std::string& key) {
  if (!values || values->size() == 1 || values->size() == channels) return;
  fail(ExitCode::bad_experiment,
       "{} must have one number, or one for each of {} channels, but has {}", key, channels,
       values->size());
}

}  // namespace

std::unique_ptr<Layer> make(const NormalizationOptions& options, Shapes inputs,
                            const std::string& key) {
  const Shape& input = only_input(inputs, key);
  options::require_valid(options, key);
  const Channels channels = Channels::of_axis(options.axis, input, key);
  if (options.mean.has_value() != options.variance.has_value()) {
    fail(ExitCode::bad_experiment, "{} has one of mean and variance; it must have both or none",
         key);
  }
  require_one_a_channel(options.mean, channels.count, key + ".mean");
  require_one_a_channel(options.variance, channels.count, key + ".variance");
  return std::make_unique<Normalization>(options, input, channels, key);
}

}  // namespace tusk::layers
