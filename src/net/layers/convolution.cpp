// SPDX-License-Identifier: Apache-2.0
#include "net/layers/convolution.hpp"

#include <algorithm>
#include <utility>

#include "net/kernels/activation.hpp"
#include "net/layers/initializer.hpp"

namespace tusk::layers {
namespace {

// dz = dy ⊙ activation'(z),  dx = spread(dz) or gather(dz),  dkernel and db by kernel_gradient().
class Convolution final : public Layer {
 public:
  explicit Convolution(ConvolutionParts parts)
      : parts_(std::move(parts)), activation_(parts_.activation, parts_.output_channels()) {}

  std::vector<Shape> output_shapes() const override { return {parts_.output}; }
  LayerMemory memory(Mode mode) const override;
  std::vector<Parameter> parameters() const override;
  void forward(const Forward& args) const override;
  void backward(const Backward& args) const override;

 private:
  bool gathers() const { return parts_.direction == Direction::gathering; }
  std::size_t kernel_size() const { return parts_.kernel.elements(); }
  void hand_over_kernel(const Backward& args, const kernels::Share& rows) const;
  void hand_over_bias(const Backward& args, const kernels::Share& channels) const;

  ConvolutionParts parts_;
  FinalActivation activation_;
};

LayerMemory Convolution::memory(Mode mode) const {
  const std::size_t gathering = kernels::gather_scratch(parts_.shape);
  const std::size_t spreading = kernels::spread_scratch(parts_.shape);
  const std::size_t kept = activation_.kept(parts_.output.elements());
  if (mode == Mode::inference) {
    return {.kept = kept, .scratch = gathers() ? gathering : spreading};
  }
  return {
      .kept = kept,
      .scratch = std::max({gathering, spreading, kernels::kernel_gradient_scratch(parts_.shape)}),
      .backward_reads_outputs = activation_.reads_outputs()};
}

std::vector<Parameter> Convolution::parameters() const {
  // As Keras takes them, whatever the direction: of the kernel's last two axes.
  const Shape& kernel = parts_.kernel;
  const std::size_t last = kernel.rank() - 1;
  const std::size_t taps = parts_.shape.rows.kernel * parts_.shape.cols.kernel;
  std::vector<Parameter> arrays{{.name = "kernel",
                                 .shape = kernel,
                                 .fan_in = taps * kernel[last - 1],
                                 .fan_out = taps * kernel[last],
                                 .initializer = make_initializer(parts_.kernel_initializer)}};
  if (parts_.use_bias) {
    const std::size_t channels = parts_.output_channels();
    arrays.push_back({.name = "bias",
                      .shape = {channels},
                      .fan_in = channels,
                      .fan_out = channels,
                      .initializer = make_initializer(parts_.bias_initializer)});
  }
  return arrays;
}

void Convolution::forward(const Forward& args) const {
  const kernels::WriteBack write_back{.bias = args.weights.subspan(kernel_size()),
                                      .relu = parts_.activation == Activation::relu};
  const auto scratch = [&](const kernels::Share& share) { return args.scratch.of(share); };
  const auto compute = gathers() ? kernels::gather : kernels::spread;
  compute(args.pass.team, parts_.shape, args.weights.first(kernel_size()), args.x(), args.y(),
          write_back, scratch);
  finish_rows(activation_, parts_.activation, args, parts_.output);
}

void Convolution::backward(const Backward& args) const {
  kernels::Team& team = args.pass.team;
  const Matrix dz = args.dy();
  activation_.gradient(args);
  if (args.dx().data() != nullptr) {
    const auto scratch = [&](const kernels::Share& share) { return args.scratch.of(share); };
    const auto compute = gathers() ? kernels::spread : kernels::gather;
    compute(team, parts_.shape, args.weights.first(kernel_size()), dz, args.dx(), {}, scratch);
  }
  if (args.pass.frozen) return;
  const kernels::ConvolutionShape& shape = parts_.shape;
  const std::size_t cost = shape.small_size() * dz.cols();
  team.share(shape.terms(), kernels::kernel_gradient_grain, cost,
             [&](const kernels::Share& share) { hand_over_kernel(args, share); });
  if (parts_.use_bias && !gathers()) {
    team.share(shape.channels, 16, dz.size() / shape.channels,
               [&](const kernels::Share& share) { hand_over_bias(args, share); });
  }
}

// Hands the gradient over in blocks of the kernel's rows: small enough to stay in the cache until
// they are taken. The bias's comes with the first rows, where the filters are the output's
// channels.
void Convolution::hand_over_kernel(const Backward& args, const kernels::Share& rows) const {
  constexpr std::size_t block_size = 32 * 1024;
  constexpr std::size_t grain = kernels::kernel_gradient_grain;
  const kernels::ConvolutionShape& shape = parts_.shape;
  const ConstMatrix large = gathers() ? args.x() : ConstMatrix(args.dy());
  const ConstMatrix small = gathers() ? ConstMatrix(args.dy()) : args.x();
  const std::size_t block = std::max(block_size / shape.filters / grain, std::size_t{1}) * grain;
  for (std::size_t first = rows.first; first < rows.last; first += block) {
    const std::size_t count = std::min(block, rows.last - first) * shape.filters;
    const std::size_t offset = first * shape.filters;
    const Span dkernel = args.gradients.room(offset, count, rows.first * shape.filters);
    const bool with_bias = parts_.use_bias && gathers() && first == 0;
    const Span dbias =
        with_bias ? args.gradients.room(kernel_size(), shape.filters, kernel_size()) : Span();
    kernels::kernel_gradient(shape, large, small, first, dkernel, dbias, args.scratch.of(rows));
    args.gradients.take(offset, dkernel);
    if (with_bias) args.gradients.take(kernel_size(), dbias);
  }
}

void Convolution::hand_over_bias(const Backward& args, const kernels::Share& channels) const {
  const std::size_t count = channels.last - channels.first;
  const std::size_t offset = kernel_size() + channels.first;
  const Span dbias = args.gradients.room(offset, count, offset);
  std::ranges::fill(dbias, Real{0});
  const ConstSpan dz = args.dy().flat();
  for (std::size_t pixel = channels.first; pixel < dz.size(); pixel += parts_.shape.channels) {
    for (std::size_t i = 0; i < count; ++i) dbias[i] += dz[pixel + i];
  }
  args.gradients.take(offset, dbias);
}

}  // namespace

void finish_rows(const FinalActivation& final, Activation activation, const Forward& args,
                 const Shape& output) {
  if (activation == Activation::linear || activation == Activation::relu) return;
  const std::size_t rank = output.rank();
  const std::size_t row = output[rank - 2] * output[rank - 1];
  args.pass.team.share(args.y().size() / row, 1, row * kernels::activation_cost,
                       [&](const kernels::Share& share) {
                         for (std::size_t i = share.first; i < share.last; ++i) {
                           final.finish_part(args.y().flat().subspan(i * row, row), args);
                         }
                       });
  final.finish(args);
}

std::unique_ptr<Layer> make_convolution(const ConvolutionParts& parts) {
  return std::make_unique<Convolution>(parts);
}

}  // namespace tusk::layers
