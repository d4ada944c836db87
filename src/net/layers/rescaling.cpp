// SPDX-License-Identifier: Apache-2.0
#include "net/layers/layers.hpp"
#include "options/describe.hpp"
#include "options/require_valid.hpp"

namespace tusk::layers {
namespace {

// y = x · scale + offset.
class Rescaling final : public Layer {
 public:
  Rescaling(const RescalingOptions& options, const Shape& shape)
      : scale_(static_cast<Real>(options.scale)),
        offset_(static_cast<Real>(options.offset)),
        shape_(shape) {}

  std::vector<Shape> output_shapes() const override { return {shape_}; }
  LayerMemory memory(Mode) const override {
    return {.gradients = {InputGradient::in_place},
            .backward_reads_inputs = false,
            .backward_reads_outputs = false};
  }

  void forward(const Forward& args) const override {
    const Real* const x = args.x().data();
    Real* const y = args.y().data();
    args.pass.team.share(args.x().size(), 16, 2, [&](const kernels::Share& share) {
#pragma GCC ivdep
      for (std::size_t i = share.first; i < share.last; ++i) y[i] = x[i] * scale_ + offset_;
    });
  }

  void backward(const Backward& args) const override {
    Real* const dy = args.dy().data();
    args.pass.team.share(args.dy().size(), 16, 2, [&](const kernels::Share& share) {
      for (std::size_t i = share.first; i < share.last; ++i) dy[i] *= scale_;
    });
  }

 private:
  Real scale_;
  Real offset_;
  Shape shape_;
};

}  // namespace

std::unique_ptr<Layer> make(const RescalingOptions& options, Shapes inputs,
                            const std::string& key) {
  const Shape& input = only_input(inputs, key);
  options::require_valid(options, key);
  return std::make_unique<Rescaling>(options, input);
}

}  // namespace tusk::layers
