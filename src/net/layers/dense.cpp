// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include "net/kernels/eigen_views.hpp"
#include "net/kernels/products.hpp"
#include "net/layers/final_activation.hpp"
#include "net/layers/initializer.hpp"
#include "net/layers/layers.hpp"
#include "net/layers/product_gradients.hpp"
#include "options/describe.hpp"
#include "options/require_valid.hpp"
#include "tusk/error.hpp"

namespace tusk::layers {
namespace {

// y = activation(z), z = W x + b, along the last axis of inputs of any rank: a sample of shape
// (places, in) is so many columns. W is (out, in), column-major: Keras's kernel (in, out) as it
// lies in memory, with the bias behind it.
//
//   dz = dy ⊙ activation'(z),  dW = dz xᵀ,  db = Σ over the batch of dz,  dx = Wᵀ dz
class Dense final : public Layer {
 public:
  Dense(const DenseOptions& options, const Shape& input)
      : options_(options),
        inputs_(input.extents().back()),
        places_(input.elements() / inputs_),
        output_(with_last_extent(input, options.units)),
        activation_(options.activation, options.units) {}

  std::vector<Shape> output_shapes() const override { return {output_}; }
  LayerMemory memory(Mode) const override {
    return {.kept = activation_.kept(output_.elements()),
            .backward_reads_outputs = activation_.reads_outputs()};
  }
  std::vector<Parameter> parameters() const override;
  void forward(const Forward& args) const override;
  void backward(const Backward& args) const override;

 private:
  std::size_t outputs() const { return options_.units; }

  static Shape with_last_extent(const Shape& shape, std::size_t extent) {
    std::vector<std::size_t> extents = shape.extents();
    extents.back() = extent;
    return Shape(extents);
  }

  // A batch's values with a column for each place.
  template <typename T>
  MatrixView<T> by_places(MatrixView<T> values) const {
    return {values.data(), values.rows() / places_, values.cols() * places_};
  }

  // The two parts of the layer's weights; the bias may be empty.
  ConstMatrix kernel(ConstSpan weights) const { return {weights.data(), outputs(), inputs_}; }
  ConstSpan bias(ConstSpan weights) const { return weights.subspan(outputs() * inputs_); }

  DenseOptions options_;
  std::size_t inputs_;
  std::size_t places_;  // of the last axis in a sample: 1 where it is the only one
  Shape output_;
  FinalActivation activation_;
};

std::vector<Parameter> Dense::parameters() const {
  std::vector<Parameter> arrays{{.name = "kernel",
                                 .shape = {inputs_, outputs()},
                                 .fan_in = inputs_,
                                 .fan_out = outputs(),
                                 .initializer = make_initializer(options_.kernel_initializer)}};
  if (options_.use_bias) {
    arrays.push_back({.name = "bias",
                      .shape = {outputs()},
                      .fan_in = outputs(),
                      .fan_out = outputs(),
                      .initializer = make_initializer(options_.bias_initializer)});
  }
  return arrays;
}

// Bias and activation are applied to each part of the product while it is in the cache.
void Dense::forward(const Forward& args) const {
  const ConstSpan b = bias(args.weights);
  kernels::multiply(args.pass.team, kernel(args.weights), by_places(args.x()), by_places(args.y()),
                    [&](std::size_t row, Span z) {
                      if (options_.use_bias)
                        kernels::array(z) += kernels::array(b.subspan(row, z.size()));
                      activation_.finish_part(z, args);
                    });
  activation_.finish(args);
}

void Dense::backward(const Backward& args) const {
  kernels::Team& team = args.pass.team;
  activation_.gradient(args);
  const ConstMatrix dz = by_places(args.dy());
  if (args.dx().data() != nullptr) {
    kernels::multiply_transposed(team, kernel(args.weights), dz, by_places(args.dx()));
  }
  if (args.pass.frozen) return;
  const ProductGradient products{.parts = {ProductPart{.dz = dz, .x = by_places(args.x())}}};
  hand_over_kernel(team, products, 0, args.gradients);
  if (options_.use_bias) hand_over_bias(team, products, outputs() * inputs_, args.gradients);
}

}  // namespace

std::unique_ptr<Layer> make(const DenseOptions& options, Shapes inputs, const std::string& key) {
  const Shape& input = only_input(inputs, key);
  constexpr std::size_t max_parameters = std::size_t{1} << 40;
  options::require_valid(options, key);
  if (input.rank() == 0) {
    fail(ExitCode::bad_experiment, "{}: a dense layer takes features, but its input has no axis",
         key);
  }
  const std::size_t features = input.extents().back();
  if (options.units > max_parameters / features) {
    fail(ExitCode::bad_experiment, "{}: {} units on {} inputs are too many", key, options.units,
         features);
  }
  return std::make_unique<Dense>(options, input);
}

}  // namespace tusk::layers
