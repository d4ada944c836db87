// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include "net/kernels/activation.hpp"
#include "net/kernels/eigen_views.hpp"
#include "net/kernels/packing.hpp"
#include "net/kernels/products.hpp"
#include "net/layers/initializer.hpp"
#include "net/layers/layers.hpp"
#include "options/describe.hpp"
#include "options/require_valid.hpp"
#include "tusk/error.hpp"

namespace tusk::layers {
namespace {

constexpr std::size_t whole_tiles = 8;  // the products' tiles have as many columns at most

// y = activation(z), z = W x + b. W is (out, in), column-major: Keras's kernel (in, out) as it lies
// in memory, with the bias behind it.
//
//   dz = dy ⊙ activation'(z),  dW = dz xᵀ,  db = Σ over the batch of dz,  dx = Wᵀ dz
class Dense final : public Layer {
 public:
  Dense(const DenseOptions& options, std::size_t inputs) : options_(options), inputs_(inputs) {}

  std::vector<Shape> output_shapes() const override { return {Shape{outputs()}}; }
  LayerMemory memory(Mode) const override {
    return {.backward_reads_outputs = options_.activation != Activation::linear};
  }
  std::vector<Parameter> parameters() const override;
  void forward(const Forward& args) const override;
  void backward(const Backward& args) const override;

 private:
  std::size_t outputs() const { return options_.units; }

  // The two parts of the layer's weights; the bias may be empty.
  ConstMatrix kernel(ConstSpan weights) const { return {weights.data(), outputs(), inputs_}; }
  ConstSpan bias(ConstSpan weights) const { return weights.subspan(outputs() * inputs_); }

  void hand_over_kernel(ConstMatrix dz, ConstMatrix x, const kernels::Share& columns,
                        LayerGradients gradients) const;
  void hand_over_bias(ConstMatrix dz, const kernels::Share& share, LayerGradients gradients) const;

  DenseOptions options_;
  std::size_t inputs_;
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

// Bias and activation are applied to each part of the product while it is in the cache, but for a
// softmax, which needs a sample's outputs together.
void Dense::forward(const Forward& args) const {
  const Matrix y = args.y();
  const ConstSpan b = bias(args.weights);
  const bool together = options_.activation == Activation::softmax;
  kernels::multiply(args.pass.team, kernel(args.weights), args.x(), y,
                    [&](std::size_t row, Span z) {
                      if (options_.use_bias)
                        kernels::array(z) += kernels::array(b.subspan(row, z.size()));
                      if (!together) kernels::activate(options_.activation, z);
                    });
  for (std::size_t sample = 0; together && sample < y.cols(); ++sample) {
    kernels::activate(options_.activation, y.col(sample));
  }
}

void Dense::backward(const Backward& args) const {
  kernels::Team& team = args.pass.team;
  const Matrix dy = args.dy();
  const Matrix dx = args.dx();
  kernels::activation_gradient(options_.activation, args.y(), dy, team);
  if (dx.data() != nullptr) kernels::multiply_transposed(team, kernel(args.weights), dy, dx);
  if (args.pass.frozen) return;
  team.share(inputs_, whole_tiles, outputs() * dy.cols(), [&](const kernels::Share& share) {
    hand_over_kernel(dy, args.x(), share, args.gradients);
    if (options_.use_bias) hand_over_bias(dy, share, args.gradients);
  });
}

// Hands the gradient over in blocks of columns: small enough to stay in the cache until they are
// taken, and large enough to be worth reading dz for.
void Dense::hand_over_kernel(ConstMatrix dz, ConstMatrix x, const kernels::Share& columns,
                             LayerGradients gradients) const {
  constexpr std::size_t block_size = 32 * 1024;
  const std::size_t worth_it = std::min(dz.cols(), kernels::in_place_columns);
  const std::size_t fitting = std::max({block_size / outputs(), worth_it, whole_tiles});
  const std::size_t block = fitting / whole_tiles * whole_tiles;
  for (std::size_t first = columns.first; first < columns.last; first += block) {
    const std::size_t wide = std::min(block, columns.last - first);
    const Span room =
        gradients.room(first * outputs(), wide * outputs(), columns.first * outputs());
    kernels::multiply_by_transpose(dz, x, first, {room.data(), outputs(), wide});
    gradients.take(first * outputs(), room);
  }
}

void Dense::hand_over_bias(ConstMatrix dz, const kernels::Share& share,
                           LayerGradients gradients) const {
  const std::size_t first = share.first_of(outputs());
  const std::size_t count = share.last_of(outputs()) - first;
  const std::size_t offset = outputs() * inputs_ + first;
  const Span db = gradients.room(offset, count, offset);
  std::ranges::fill(db, Real{0});
  for (std::size_t sample = 0; sample < dz.cols(); ++sample) {
    kernels::array(db) += kernels::array(dz.col(sample).subspan(first, count));
  }
  gradients.take(offset, db);
}

}  // namespace

std::unique_ptr<Layer> make(const DenseOptions& options, Shapes inputs, const std::string& key) {
  const Shape& input = only_input(inputs, key);
  constexpr std::size_t max_parameters = std::size_t{1} << 40;
  options::require_valid(options, key);
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

}  // namespace tusk::layers
