// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include "net/layers/layers.hpp"
#include "net/layers/make_layer.hpp"
#include "tusk/error.hpp"

namespace tusk::layers {
namespace {

// The inner layer at every step of (steps, …): as the samples of a sequence lie one step behind the
// other, the same numbers are a batch of as many steps, for which the inner layer is called.
class TimeDistributed final : public Layer {
 public:
  TimeDistributed(std::unique_ptr<Layer> layer, std::size_t steps)
      : layer_(std::move(layer)), steps_(steps) {}

  std::vector<Shape> output_shapes() const override {
    std::vector<std::size_t> extents = layer_->output_shapes().front().extents();
    extents.insert(extents.begin(), steps_);
    return {Shape(extents)};
  }

  LayerMemory memory(Mode mode) const override {
    LayerMemory memory = layer_->memory(mode);
    memory.kept *= steps_;
    return memory;
  }

  std::vector<Parameter> parameters() const override { return layer_->parameters(); }

  void forward(const Forward& args) const override {
    const ConstMatrix x = by_steps(args.x());
    const Matrix y = by_steps(args.y());
    layer_->forward({.pass = args.pass,
                     .weights = args.weights,
                     .inputs = {&x, 1},
                     .outputs = {&y, 1},
                     .kept = by_steps(args.kept),
                     .kept_of_batch = args.kept_of_batch,
                     .scratch = args.scratch});
  }

  void backward(const Backward& args) const override {
    const ConstMatrix x = by_steps(args.x());
    const ConstMatrix y = by_steps(args.y());
    const Matrix dy = by_steps(args.dy());
    const Matrix dx = by_steps(args.dx());
    layer_->backward({.pass = args.pass,
                      .weights = args.weights,
                      .inputs = {&x, 1},
                      .outputs = {&y, 1},
                      .kept = by_steps(args.kept),
                      .kept_of_batch = args.kept_of_batch,
                      .scratch = args.scratch,
                      .output_gradients = {&dy, 1},
                      .input_gradients = {&dx, 1},
                      .gradients = args.gradients});
  }

 private:
  template <typename T>
  MatrixView<T> by_steps(MatrixView<T> values) const {
    return {values.data(), values.rows() / steps_, values.cols() * steps_};
  }

  std::unique_ptr<Layer> layer_;
  std::size_t steps_;
};

// Why the layer cannot be called for each step by itself; nothing if it can.
std::optional<std::string> obstacle(const Layer& layer) {
  if (layer.output_shapes().size() != 1) return "has several outputs";
  for (const Parameter& parameter : layer.parameters()) {
    if (parameter.role == Role::statistic) return "has statistics, of each step others";
    if (parameter.frozen) return "has frozen parameters";
  }
  return std::nullopt;
}

}  // namespace

std::unique_ptr<Layer> make(const TimeDistributedOptions& options, Shapes inputs,
                            const std::string& key) {
  if (inputs.size() == 2) {
    fail(ExitCode::bad_experiment,
         "{}: its input has a mask, of which a layer of type '{}' at one step can make nothing",
         key, type_of((*options.layer).layer));
  }
  const Shape& input = only_input(inputs, key);
  if (input.rank() < 2) {
    fail(ExitCode::bad_experiment,
         "{}: it takes the steps of a sequence, (steps, …), but its input has shape {}", key,
         input.to_string());
  }
  const std::vector<std::size_t>& extents = input.extents();
  const Shape of_step(std::vector<std::size_t>(extents.begin() + 1, extents.end()));
  auto layer = make_layer((*options.layer).layer, {&of_step, 1}, key + ".layer");
  if (const auto why = obstacle(*layer)) {
    fail(ExitCode::bad_experiment,
         "{}: a layer of type '{}' {}, so that it cannot be one layer at "
         "every step",
         key, type_of((*options.layer).layer), *why);
  }
  return std::make_unique<TimeDistributed>(std::move(layer), input[0]);
}

}  // namespace tusk::layers
