// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include "eigen_views.hpp"
#include "layers.hpp"
#include "products.hpp"
#include "tusk/core/error.hpp"
#include "tusk/nn/activation.hpp"

namespace tusk::nn {
namespace {

// y = activation(z), z = W x + b. W is (out, in), column-major: Keras's kernel (in, out) as it lies
// in memory, with the bias behind it.
//
//   dz = dy ⊙ activation'(z),  dW = dz xᵀ,  db = Σ over the batch of dz,  dx = Wᵀ dz
class Dense final : public Layer {
 public:
  Dense(const DenseOptions& options, std::size_t inputs) : options_(options), inputs_(inputs) {}

  Shape output_shape() const override { return {outputs()}; }
  LayerMemory memory(Mode) const override { return {.output = outputs()}; }
  std::vector<Parameter> parameters() const override;
  ConstMatrix forward(ConstSpan weights, ConstMatrix x, Matrix y, Span kept,
                      const Pass& pass) const override;
  Matrix backward(ConstSpan weights, ConstMatrix x, ConstMatrix y, Matrix dy, Span gradients,
                  Matrix dx, ConstSpan kept) const override;

 private:
  std::size_t outputs() const { return options_.units; }

  // The two parts of the layer's weights, or of their gradients; the bias may be empty.
  template <typename T>
  MatrixView<T> kernel(std::span<T> weights) const {
    return {weights.data(), outputs(), inputs_};
  }
  template <typename T>
  std::span<T> bias(std::span<T> weights) const {
    return weights.subspan(outputs() * inputs_);
  }

  DenseOptions options_;
  std::size_t inputs_;
};

std::vector<Parameter> Dense::parameters() const {
  std::vector<Parameter> arrays{{.name = "kernel",
                                 .shape = {inputs_, outputs()},
                                 .fan_in = inputs_,
                                 .fan_out = outputs(),
                                 .initializer = options_.kernel_initializer}};
  if (options_.use_bias) {
    arrays.push_back({.name = "bias",
                      .shape = {outputs()},
                      .fan_in = outputs(),
                      .fan_out = outputs(),
                      .initializer = options_.bias_initializer});
  }
  return arrays;
}

ConstMatrix Dense::forward(ConstSpan weights, ConstMatrix x, Matrix y, Span, const Pass&) const {
  multiply(kernel(weights), x, y);
  const ConstSpan b = bias(weights);
  for (std::size_t sample = 0; sample < y.cols(); ++sample) {
    const Span z = y.col(sample);
    if (options_.use_bias) array(z) += array(b);
    activate(options_.activation, z);
  }
  return y;
}

Matrix Dense::backward(ConstSpan weights, ConstMatrix x, ConstMatrix y, Matrix dy, Span gradients,
                       Matrix dx, ConstSpan) const {
  const Span db = bias(gradients);
  std::fill(db.begin(), db.end(), Real{0});
  for (std::size_t sample = 0; sample < y.cols(); ++sample) {
    const Span dz = dy.col(sample);
    activation_gradient(options_.activation, y.col(sample), dz);
    if (options_.use_bias) array(db) += array(ConstSpan(dz));
  }
  multiply_by_transpose(dy, x, kernel(gradients));
  if (dx.data() != nullptr) multiply_transposed(kernel(weights), dy, dx);
  return dx;
}

}  // namespace

std::unique_ptr<Layer> make(const DenseOptions& options, const Shape& input,
                            const std::string& key) {
  constexpr std::size_t max_parameters = std::size_t{1} << 40;
  if (options.units == 0) fail(ExitCode::bad_experiment, "{}.units must be at least 1", key);
  if (input.rank() != 1) {
    fail(ExitCode::bad_experiment,
         "{}: a dense layer takes one axis of features, but its input has shape {}; put a flatten "
         "layer before it",
         key, input.to_string());
  }
  if (options.units > max_parameters / input.elements()) {
    fail(ExitCode::bad_experiment, "{}: {} units on {} inputs are too many", key, options.units,
         input.elements());
  }
  return std::make_unique<Dense>(options, input.elements());
}

}  // namespace tusk::nn
