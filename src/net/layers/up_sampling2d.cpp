// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include "net/layers/spatial.hpp"
#include "options/describe.hpp"
#include "options/require_valid.hpp"

namespace tusk::layers {
namespace {

// The two places of the input between which a place of the output lies, and how far from the first
// towards the second. Centers of pixels are at halves; beyond the outer ones there are these.
struct Between {
  std::size_t first;
  std::size_t second;
  Real towards;
};

Between place_between(std::size_t output, std::size_t size, std::size_t inputs,
                      Interpolation interpolation) {
  if (interpolation == Interpolation::nearest) return {output / size, output / size, Real{0}};
  const double center = (static_cast<double>(output) + 0.5) / static_cast<double>(size) - 0.5;
  if (center <= 0.0) return {0, 0, Real{0}};
  const auto first = static_cast<std::size_t>(center);
  if (first + 1 >= inputs) return {inputs - 1, inputs - 1, Real{0}};
  return {first, first + 1, static_cast<Real>(center - static_cast<double>(first))};
}

// y(i, j) = a mean of up to four pixels of x, weighted by their nearness.
class UpSampling2d final : public Layer {
 public:
  UpSampling2d(const UpSampling2dOptions& options, const Shape& input)
      : options_(options), input_(input) {}

  std::vector<Shape> output_shapes() const override { return {Shape{rows(), cols(), input_[2]}}; }
  LayerMemory memory(Mode) const override {
    return {.backward_reads_inputs = false, .backward_reads_outputs = false};
  }

  void forward(const Forward& args) const override {
    const std::size_t row_size = cols() * input_[2];
    args.pass.team.share(args.y().cols() * rows(), 1, 4 * row_size, [&](const kernels::Share& s) {
      for (std::size_t i = s.first; i < s.last; ++i) {
        const Real* image = args.x().col(i / rows()).data();
        Real* y = args.y().data() + i * row_size;
        each_weight(i % rows(), [&](std::size_t col, std::size_t pixel, Real weight, bool first) {
          Real* __restrict to = y + col * input_[2];
          const Real* __restrict from = image + pixel * input_[2];
          for (std::size_t c = 0; c < input_[2]; ++c) {
            to[c] = (first ? Real{0} : to[c]) + weight * from[c];
          }
        });
      }
    });
  }

  void backward(const Backward& args) const override {
    if (args.dx().data() == nullptr) return;
    const std::size_t row_size = cols() * input_[2];
    args.pass.team.share(args.dx().cols(), 1, 4 * rows() * row_size, [&](const kernels::Share& s) {
      for (std::size_t sample = s.first; sample < s.last; ++sample) {
        std::ranges::fill(args.dx().col(sample), Real{0});
        for (std::size_t row = 0; row < rows(); ++row) {
          const Real* dy = args.dy().col(sample).data() + row * row_size;
          each_weight(row, [&](std::size_t col, std::size_t pixel, Real weight, bool) {
            Real* __restrict to = args.dx().col(sample).data() + pixel * input_[2];
            const Real* __restrict from = dy + col * input_[2];
            for (std::size_t c = 0; c < input_[2]; ++c) to[c] += weight * from[c];
          });
        }
      }
    });
  }

 private:
  std::size_t rows() const { return input_[0] * options_.size[0]; }
  std::size_t cols() const { return input_[1] * options_.size[1]; }

  // Calls visit(col, pixel of the input, its weight, whether it is the col's first) for a row of
  // the output.
  void each_weight(std::size_t row, auto visit) const {
    const Between y = place_between(row, options_.size[0], input_[0], options_.interpolation);
    for (std::size_t col = 0; col < cols(); ++col) {
      const Between x = place_between(col, options_.size[1], input_[1], options_.interpolation);
      visit(col, y.first * input_[1] + x.first, (1 - y.towards) * (1 - x.towards), true);
      if (x.towards > 0) {
        visit(col, y.first * input_[1] + x.second, (1 - y.towards) * x.towards, false);
      }
      if (y.towards > 0) {
        visit(col, y.second * input_[1] + x.first, y.towards * (1 - x.towards), false);
      }
      if (x.towards > 0 && y.towards > 0) {
        visit(col, y.second * input_[1] + x.second, y.towards * x.towards, false);
      }
    }
  }

  UpSampling2dOptions options_;
  Shape input_;
};

}  // namespace

std::unique_ptr<Layer> make(const UpSampling2dOptions& options, Shapes inputs,
                            const std::string& key) {
  options::require_valid(options, key);
  const Shape& input = spatial_input(inputs, 2, key);
  require_axes(options.size.values.size(), 2, key, "size");
  require_size({input[0], options.size[0], input[1], options.size[1], input[2]}, key);
  return std::make_unique<UpSampling2d>(options, input);
}

}  // namespace tusk::layers
