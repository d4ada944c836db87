// SPDX-License-Identifier: Apache-2.0
#include "net/layers/layers.hpp"

namespace tusk::layers {
namespace {

// A sample of any shape as one axis. Samples are contiguous columns whatever their shape, so this
// is a view.
class Flatten final : public Layer {
 public:
  explicit Flatten(std::size_t features) : features_(features) {}

  std::vector<Shape> output_shapes() const override { return {Shape{features_}}; }
  LayerMemory memory(Mode) const override { return {.views = {0}}; }
  void forward(const Forward&) const override {}
  void backward(const Backward&) const override {}

 private:
  std::size_t features_;
};

}  // namespace

std::unique_ptr<Layer> make(const FlattenOptions&, Shapes inputs, const std::string& key) {
  return std::make_unique<Flatten>(only_input(inputs, key).elements());
}

}  // namespace tusk::layers
