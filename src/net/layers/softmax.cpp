// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cmath>

#include "net/kernels/activation.hpp"
#include "net/kernels/eigen_views.hpp"
#include "net/layers/axis.hpp"
#include "net/layers/layers.hpp"
#include "options/describe.hpp"
#include "options/require_valid.hpp"
#include "tusk/error.hpp"

namespace tusk::layers {
namespace {

// y = eˣ/Σeˣ along one axis of a sample (outer, extent, inner).
class Softmax final : public Layer {
 public:
  Softmax(const Shape& shape, std::size_t axis) : shape_(shape), axis_(around_axis(shape, axis)) {}

  std::vector<Shape> output_shapes() const override { return {shape_}; }
  LayerMemory memory(Mode) const override {
    return {.gradients = {InputGradient::in_place},
            .scratch = axis_.inner > 1 ? 2 * axis_.inner : 0,
            .backward_reads_inputs = false};
  }

  void forward(const Forward& args) const override {
    over_blocks(args.pass.team, args.y().size(), [&](std::size_t begin, const auto& share) {
      const ConstSpan x = args.x().flat().subspan(begin, size_of_block());
      const Span y = args.y().flat().subspan(begin, size_of_block());
      std::ranges::copy(x, y.begin());
      if (axis_.inner == 1) {
        kernels::activate(Activation::softmax, y);
      } else {
        strided(y, args.scratch.of(share));
      }
    });
  }

  void backward(const Backward& args) const override {
    over_blocks(args.pass.team, args.dy().size(), [&](std::size_t begin, const auto& share) {
      const ConstSpan y = args.y().flat().subspan(begin, size_of_block());
      const Span dy = args.dy().flat().subspan(begin, size_of_block());
      if (axis_.inner == 1) {
        kernels::activation_gradient(Activation::softmax, y, dy);
      } else {
        strided_gradient(y, dy, args.scratch.of(share));
      }
    });
  }

 private:
  std::size_t size_of_block() const { return axis_.extent * axis_.inner; }

  // Calls work(where it begins, share) for each block (extent, inner) of each sample.
  void over_blocks(kernels::Team& team, std::size_t numbers, auto work) const {
    const std::size_t cost = size_of_block() * kernels::activation_cost;
    team.share(numbers / size_of_block(), 1, cost, [&](const kernels::Share& share) {
      for (std::size_t block = share.first; block < share.last; ++block) {
        work(block * size_of_block(), share);
      }
    });
  }

  // Row i of a block: its numbers at place i of the axis.
  Span row(Span block, std::size_t i) const { return block.subspan(i * axis_.inner, axis_.inner); }
  ConstSpan row(ConstSpan block, std::size_t i) const {
    return block.subspan(i * axis_.inner, axis_.inner);
  }

  void strided(Span y, Span scratch) const {
    auto largest = kernels::array(scratch.first(axis_.inner));
    auto sum = kernels::array(scratch.last(axis_.inner));
    largest = kernels::array(row(y, 0));
    for (std::size_t i = 1; i < axis_.extent; ++i) {
      largest = largest.max(kernels::array(row(y, i)));
    }
    sum.setZero();
    for (std::size_t i = 0; i < axis_.extent; ++i) {
      auto values = kernels::array(row(y, i));
      values = (values - largest).exp();
      sum += values;
    }
    for (std::size_t i = 0; i < axis_.extent; ++i) kernels::array(row(y, i)) /= sum;
  }

  void strided_gradient(ConstSpan y, Span dy, Span scratch) const {
    auto sum = kernels::array(scratch.first(axis_.inner));
    sum.setZero();
    for (std::size_t i = 0; i < axis_.extent; ++i) {
      sum += kernels::array(row(y, i)) * kernels::array(row(dy, i));
    }
    for (std::size_t i = 0; i < axis_.extent; ++i) {
      auto gradient = kernels::array(row(dy, i));
      gradient = kernels::array(row(y, i)) * (gradient - sum);
    }
  }

  Shape shape_;
  AroundAxis axis_;
};

}  // namespace

std::unique_ptr<Layer> make(const SoftmaxOptions& options, Shapes inputs, const std::string& key) {
  if (inputs.size() == 2) {
    fail(ExitCode::bad_experiment,
         "{}: its input has a mask, which a softmax over steps would have to leave out; use the "
         "activation 'softmax', which is over the features",
         key);
  }
  const Shape& input = only_input(inputs, key);
  options::require_valid(options, key);
  return std::make_unique<Softmax>(input, axis_of_sample(options.axis, input, key + ".axis"));
}

}  // namespace tusk::layers
