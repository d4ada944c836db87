// SPDX-License-Identifier: Apache-2.0
#include "net/layers/layers.hpp"

namespace tusk::layers {
namespace {

// A sample of any shape as one axis. Samples are contiguous columns whatever their shape, so this
// is a view.
class Flatten final : public Layer {
 public:
  explicit Flatten(std::size_t features) : features_(features) {}

  Shape output_shape() const override { return {features_}; }
  LayerMemory memory(Mode) const override { return {}; }
  ConstMatrix forward(ConstSpan, ConstMatrix x, Matrix, Span, const Pass&) const override {
    return x;
  }
  Matrix backward(ConstSpan, ConstMatrix, ConstMatrix, Matrix dy, LayerGradients, Matrix, ConstSpan,
                  kernels::Team&) const override {
    return dy;
  }

 private:
  std::size_t features_;
};

}  // namespace

std::unique_ptr<Layer> make(const FlattenOptions&, const Shape& input, const std::string&) {
  return std::make_unique<Flatten>(input.elements());
}

}  // namespace tusk::layers
