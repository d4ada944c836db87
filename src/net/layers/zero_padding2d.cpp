// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include "net/layers/spatial.hpp"
#include "options/describe.hpp"
#include "options/require_valid.hpp"
#include "tusk/error.hpp"

namespace tusk::layers {
namespace {

// y = x with zeros around its rows and columns.
class ZeroPadding2d final : public Layer {
 public:
  ZeroPadding2d(const EdgePaddings& padding, const Shape& input)
      : padding_(padding), input_(input) {}

  std::vector<Shape> output_shapes() const override { return {Shape{rows(), cols(), input_[2]}}; }
  LayerMemory memory(Mode) const override {
    return {.backward_reads_inputs = false, .backward_reads_outputs = false};
  }

  void forward(const Forward& args) const override {
    const std::size_t size = cols() * input_[2];
    args.pass.team.share(args.y().cols() * rows(), 1, size, [&](const kernels::Share& share) {
      for (std::size_t i = share.first; i < share.last; ++i) {
        const std::size_t row = i % rows();
        Real* to = args.y().data() + i * size;
        std::fill_n(to, size, Real{0});
        if (row < padding_[0].before() || row - padding_[0].before() >= input_[0]) continue;
        const Real* from = args.x().col(i / rows()).data() + input_row(row - padding_[0].before());
        std::copy_n(from, input_row(1), to + padding_[1].before() * input_[2]);
      }
    });
  }

  void backward(const Backward& args) const override {
    if (args.dx().data() == nullptr) return;
    const std::size_t first = (padding_[0].before() * cols() + padding_[1].before()) * input_[2];
    args.pass.team.share(args.dx().cols() * input_[0], 1, input_row(1), [&](const auto& share) {
      for (std::size_t i = share.first; i < share.last; ++i) {
        const Real* dy = args.dy().col(i / input_[0]).data() + first;
        std::copy_n(dy + i % input_[0] * cols() * input_[2], input_row(1),
                    args.dx().data() + i * input_row(1));
      }
    });
  }

 private:
  std::size_t rows() const { return padding_[0].before() + input_[0] + padding_[0].after(); }
  std::size_t cols() const { return padding_[1].before() + input_[1] + padding_[1].after(); }
  std::size_t input_row(std::size_t row) const { return row * input_[1] * input_[2]; }

  EdgePaddings padding_;
  Shape input_;
};

}  // namespace

std::unique_ptr<Layer> make(const ZeroPadding2dOptions& options, Shapes inputs,
                            const std::string& key) {
  options::require_valid(options, key);
  const Shape& input = spatial_input(inputs, 2, key);
  const EdgePaddings& padding = options.padding;
  require_axes(padding.values.size(), 2, key, "padding");
  for (const EdgePadding& edges : padding.values) {
    // One for both axes is one number: a list of two would be taken for rows and columns.
    if (edges.values.size() == 1 || (edges.values.size() == 2 && padding.values.size() == 2)) {
      continue;
    }
    fail(ExitCode::bad_experiment,
         "{}.padding must be a number, two, or [[top, bottom], [left, right]]", key);
  }
  require_size({padding[0].before() + input[0] + padding[0].after(),
                padding[1].before() + input[1] + padding[1].after(), input[2]},
               key);
  return std::make_unique<ZeroPadding2d>(padding, input);
}

}  // namespace tusk::layers
