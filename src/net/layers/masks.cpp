// SPDX-License-Identifier: Apache-2.0
#include "net/layers/masks.hpp"

#include <algorithm>
#include <utility>
#include <variant>

namespace tusk::layers {
namespace {

// y = max over the inputs: of 0 and 1, whether any is 1.
class AnyMask final : public Layer {
 public:
  AnyMask(std::size_t count, std::size_t steps) : count_(count), steps_(steps) {}

  std::vector<Shape> output_shapes() const override { return {Shape{steps_}}; }
  LayerMemory memory(Mode) const override {
    return {.gradients = std::vector(count_, InputGradient::none),
            .backward_reads_inputs = false,
            .backward_reads_outputs = false};
  }
  void forward(const Forward& args) const override {
    const Span y = args.y().flat();
    std::ranges::copy(args.x().flat(), y.begin());
    for (const ConstMatrix& mask : args.inputs.subspan(1)) {
      std::ranges::transform(y, mask.flat(), y.begin(),
                             [](Real a, Real b) { return std::max(a, b); });
    }
  }
  void backward(const Backward&) const override {}

 private:
  std::size_t count_;
  std::size_t steps_;
};

class MaskConcatenation final : public Layer {
 public:
  explicit MaskConcatenation(std::vector<MaskPart> parts) : parts_(std::move(parts)) {}

  std::vector<Shape> output_shapes() const override {
    std::size_t steps = 0;
    for (const MaskPart& part : parts_) steps += part.steps;
    return {Shape{steps}};
  }
  LayerMemory memory(Mode) const override {
    return {.gradients = std::vector(parts_.size(), InputGradient::none),
            .backward_reads_inputs = false,
            .backward_reads_outputs = false};
  }
  void forward(const Forward& args) const override {
    for (std::size_t sample = 0; sample < args.y().cols(); ++sample) {
      auto out = args.y().col(sample).begin();
      std::size_t input = 0;
      for (const MaskPart& part : parts_) {
        if (part.is_there) {
          out = std::ranges::copy(args.inputs[input++].col(sample), out).out;
        } else {
          out = std::fill_n(out, part.steps, Real{1});
        }
      }
    }
  }
  void backward(const Backward&) const override {}

 private:
  std::vector<MaskPart> parts_;
};

}  // namespace

MaskRule masks(const BidirectionalOptions& o) { return mask_rule((*o.layer).layer); }

MaskRule masks(const TimeDistributedOptions& o) {
  return {.reads = mask_rule((*o.layer).layer).reads, .output = MaskRule::Output::passed};
}

MaskRule mask_rule(const LayerOptions& options) {
  return std::visit([](const auto& kind) { return masks(kind); }, options);
}

std::unique_ptr<Layer> make_any_mask(std::size_t count, std::size_t steps) {
  return std::make_unique<AnyMask>(count, steps);
}

std::unique_ptr<Layer> make_mask_concatenation(std::vector<MaskPart> parts) {
  return std::make_unique<MaskConcatenation>(std::move(parts));
}

}  // namespace tusk::layers
