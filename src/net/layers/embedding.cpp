// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cmath>

#include "net/layers/initializer.hpp"
#include "net/layers/layers.hpp"
#include "options/describe.hpp"
#include "options/require_valid.hpp"
#include "tusk/error.hpp"

namespace tusk::layers {
namespace {

// y = row x of E (input_dim, output_dim), for each index x of a sample, whose fraction is dropped
// as in Keras. With mask_zero the last output is where x is not 0.
//
//   dE[x] = Σ of dy over the places that have this x; an index has no gradient
class Embedding final : public Layer {
 public:
  Embedding(const EmbeddingOptions& options, const Shape& input)
      : options_(options), input_(input) {}

  std::vector<Shape> output_shapes() const override {
    std::vector<std::size_t> extents = input_.extents();
    extents.push_back(width());
    std::vector<Shape> shapes{Shape(extents)};
    if (options_.mask_zero) shapes.push_back(input_);
    return shapes;
  }

  LayerMemory memory(Mode) const override {
    return {.gradients = {InputGradient::none}, .backward_reads_outputs = false};
  }

  std::vector<Parameter> parameters() const override {
    return {{.name = "embeddings",
             .shape = {options_.input_dim, width()},
             .fan_in = options_.input_dim,
             .fan_out = width(),
             .initializer = make_initializer(options_.embeddings_initializer)}};
  }

  void forward(const Forward& args) const override {
    const ConstMatrix x = args.x();
    check(x);
    args.pass.team.share(x.cols(), 1, x.rows() * width(), [&](const kernels::Share& share) {
      for (std::size_t sample = share.first; sample < share.last; ++sample) {
        Real* y = args.y().col(sample).data();
        for (const Real index : x.col(sample)) {
          y = std::copy_n(args.weights.data() + row(index) * width(), width(), y);
        }
      }
    });
    if (options_.mask_zero) {
      std::ranges::transform(x.flat(), args.outputs[1].data(),
                             [](Real index) { return Real(row(index) == 0 ? 0 : 1); });
    }
  }

  // A share is of rows of E, so that each is one thread's sum, in the order of the batch.
  void backward(const Backward& args) const override {
    if (args.pass.frozen) return;
    const ConstSpan indices = args.x().flat();
    const Real* dy = args.dy().data();
    const std::size_t cost = width() * (1 + indices.size() / options_.input_dim);
    args.pass.team.share(options_.input_dim, 1, cost, [&](const kernels::Share& share) {
      const std::size_t begin = share.first * width();
      const Span gradients =
          args.gradients.room(begin, (share.last - share.first) * width(), begin);
      std::ranges::fill(gradients, Real{0});
      for (std::size_t place = 0; place < indices.size(); ++place) {
        const std::size_t index = row(indices[place]);
        if (index < share.first || index >= share.last) continue;
        Real* sum = gradients.data() + (index - share.first) * width();
        const Real* its = dy + place * width();
#pragma GCC ivdep
        for (std::size_t i = 0; i < width(); ++i) sum[i] += its[i];
      }
      args.gradients.take(begin, gradients);
    });
  }

 private:
  std::size_t width() const { return options_.output_dim; }

  static std::size_t row(Real index) { return static_cast<std::size_t>(index); }

  void check(ConstMatrix x) const {
    const auto bound = static_cast<Real>(options_.input_dim);
    for (std::size_t sample = 0; sample < x.cols(); ++sample) {
      for (const Real index : x.col(sample)) {
        if (index > Real{-1} && index < bound) continue;
        fail(ExitCode::bad_data,
             "an embedding of {} rows is given the index {} (sample {} of a batch); indices count "
             "from 0",
             options_.input_dim, index, sample);
      }
    }
  }

  EmbeddingOptions options_;
  Shape input_;
};

}  // namespace

std::unique_ptr<Layer> make(const EmbeddingOptions& options, Shapes inputs,
                            const std::string& key) {
  const Shape& input = only_input(inputs, key);
  options::require_valid(options, key);
  constexpr std::size_t exact = std::size_t{1} << 24;  // whole numbers that a float tells apart
  if (options.input_dim > exact) {
    fail(ExitCode::bad_experiment,
         "{}.input_dim is {}, but data are floats, in which indices are exact up to {}", key,
         options.input_dim, exact);
  }
  if (options.mask_zero && input.rank() != 1) {
    fail(ExitCode::bad_experiment,
         "{}: mask_zero makes a mask of steps, but its input has shape {}; give it one axis", key,
         input.to_string());
  }
  return std::make_unique<Embedding>(options, input);
}

}  // namespace tusk::layers
