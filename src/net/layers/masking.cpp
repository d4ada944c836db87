// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include "net/layers/layers.hpp"
#include "options/describe.hpp"
#include "options/require_valid.hpp"
#include "tusk/error.hpp"

namespace tusk::layers {
namespace {

// Of (steps, features): the steps of which a feature is not mask_value, with zeros in the place of
// the others; and the mask, 1 for those and 0 for these.
class Masking final : public Layer {
 public:
  Masking(Real mask_value, const Shape& input) : mask_value_(mask_value), input_(input) {}

  std::vector<Shape> output_shapes() const override { return {input_, Shape{input_[0]}}; }
  LayerMemory memory(Mode) const override {
    return {.gradients = {InputGradient::in_place},
            .kept = input_[0],
            .backward_reads_inputs = false,
            .backward_reads_outputs = false};
  }

  void forward(const Forward& args) const override {
    for (std::size_t sample = 0; sample < args.x().cols(); ++sample) {
      for (std::size_t step = 0; step < input_[0]; ++step) {
        const ConstSpan x = args.x().col(sample).subspan(step * input_[1], input_[1]);
        const Span y = args.y().col(sample).subspan(step * input_[1], input_[1]);
        const bool is_there =
            std::ranges::any_of(x, [&](Real feature) { return feature != mask_value_; });
        if (is_there) {
          std::ranges::copy(x, y.begin());
        } else {
          std::ranges::fill(y, Real{0});
        }
        args.outputs[1](step, sample) = is_there ? Real{1} : Real{0};
        args.kept(step, sample) = args.outputs[1](step, sample);
      }
    }
  }

  void backward(const Backward& args) const override {
    for (std::size_t sample = 0; sample < args.dy().cols(); ++sample) {
      for (std::size_t step = 0; step < input_[0]; ++step) {
        if (args.kept(step, sample) == Real{1}) continue;
        std::ranges::fill(args.dy().col(sample).subspan(step * input_[1], input_[1]), Real{0});
      }
    }
  }

 private:
  Real mask_value_;
  Shape input_;
};

}  // namespace

std::unique_ptr<Layer> make(const MaskingOptions& options, Shapes inputs, const std::string& key) {
  const Shape& input = only_input(inputs, key);
  options::require_valid(options, key);
  if (input.rank() != 2) {
    fail(ExitCode::bad_experiment,
         "{}: it masks the steps of a sequence, (steps, features), but its input has shape {}", key,
         input.to_string());
  }
  return std::make_unique<Masking>(static_cast<Real>(options.mask_value), input);
}

}  // namespace tusk::layers
