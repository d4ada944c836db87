// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include "net/layers/layers.hpp"
#include "net/layers/merge.hpp"

namespace tusk::layers {
namespace {

// y = Π xₖ;  dxₖ = dy · Π over l ≠ k of xₗ, added up over the axes along which xₖ was repeated
class Multiply final : public Merge {
 public:
  Multiply(Shapes inputs, const std::string& key) : Merge(inputs, key) {}

  LayerMemory memory(Mode) const override {
    return {.scratch = elements(), .backward_reads_outputs = false};
  }

  void forward(const Forward& args) const override {
    for_each_sample(args.pass, args.y().cols(), [&](std::size_t sample, const kernels::Share&) {
      const Span y = args.y().col(sample);
      const ConstSpan first = args.x().col(sample);
      for_each(0, [&](std::size_t i, std::size_t j) { y[i] = first[j]; });
      for (std::size_t k = 1; k < inputs(); ++k) multiply(args.inputs[k].col(sample), k, y);
    });
  }

  void backward(const Backward& args) const override {
    for_each_sample(args.pass, args.dy().cols(),
                    [&](std::size_t sample, const kernels::Share& share) {
                      for (std::size_t k = 0; k < inputs(); ++k) {
                        if (args.input_gradients[k].data() == nullptr) continue;
                        const Span product = args.scratch.of(share);
                        std::ranges::copy(args.dy().col(sample), product.begin());
                        for (std::size_t l = 0; l < inputs(); ++l) {
                          if (l != k) multiply(args.inputs[l].col(sample), l, product);
                        }
                        const Span dx = args.input_gradients[k].col(sample);
                        std::ranges::fill(dx, Real{0});
                        for_each(k, [&](std::size_t i, std::size_t j) { dx[j] += product[i]; });
                      }
                    });
  }

 private:
  void multiply(ConstSpan x, std::size_t input, Span y) const {
    for_each(input, [&](std::size_t i, std::size_t j) { y[i] *= x[j]; });
  }
};

}  // namespace

std::unique_ptr<Layer> make(const MultiplyOptions&, Shapes inputs, const std::string& key) {
  return std::make_unique<Multiply>(inputs, key);
}

}  // namespace tusk::layers
