// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cmath>
#include <utility>

#include "net/kernels/column_sums.hpp"
#include "net/layers/axes.hpp"
#include "net/layers/initializer.hpp"
#include "net/layers/layers.hpp"
#include "options/describe.hpp"
#include "options/require_valid.hpp"
#include "tusk/error.hpp"

namespace tusk::layers {
namespace {

using kernels::ColumnSums;

// Normalizes every channel of an axis over the samples and all other axes (Ioffe and Szegedy, ICML
// 2015, as Keras 3 has it: the moving variance, too, is the biased one):
//
//   y = γ (x − m)/√(v + ε) + β      moving ← μ moving + (1 − μ) (m, v)
//
// Where there is a mask, m and v are those of the steps that are there; all are normalized.
//
// In training m and v are the batch's mean and variance, over R numbers, and with
// x̂ = (x − m)/√(v + ε)
//
//   dβ = Σ dy,  dγ = Σ dy x̂,  dx = γ/√(v + ε) (dy − dβ/R − x̂ dγ/R)
//
// In inference, and where the layer is frozen, they are the moving ones, which then stay as they
// are, and dx = γ/√(v + ε) dy. Three sweeps forward (mean, variance, y) and two backward.
class BatchNormalization final : public Layer {
 public:
  BatchNormalization(const BatchNormalizationOptions& options, const Shape& shape,
                     const Channels& channels)
      : options_(options), shape_(shape), channels_(channels), row_(channels.row()) {}

  std::vector<Shape> output_shapes() const override { return {shape_}; }
  LayerMemory memory(Mode mode) const override;
  std::vector<Parameter> parameters() const override;
  void forward(const Forward& args) const override;
  void backward(const Backward& args) const override;

 private:
  std::size_t count() const { return channels_.count; }
  ConstSpan gamma(ConstSpan weights) const { return weights.first(options_.scale ? count() : 0); }
  ConstSpan beta(ConstSpan weights) const { return weights.last(options_.center ? count() : 0); }

  static bool uses_batch(const Pass& pass) { return pass.mode == Mode::training && !pass.frozen; }
  Real inverse_deviation(double variance) const {
    return static_cast<Real>(1.0 / std::sqrt(variance + options_.epsilon));
  }

  // The common memory of the threads: numbers by place in a row, which the sweeps over all numbers
  // read; sums; and ColumnSums's parts.
  struct Work {
    std::array<Real*, 4> rows;
    std::array<Real*, 2> sums;
    Span parts;
  };
  std::size_t work_size() const { return 6 * padded(row_) + ColumnSums::memory(row_, 2); }
  Work work_in(const Scratch& scratch) const;
  static std::size_t padded(std::size_t count) { return (count + 15) / 16 * 16; }

  template <typename Inputs, typename Function>
  void with_weights(const Inputs& inputs, const Function& function) const;
  template <typename Weight>
  void moments(const Forward& args, const Work& work, double numbers, const Weight& weight,
               Span mean, Span variance) const;
  template <typename Weight>
  void batch_backward(const Backward& args, const Work& work, double numbers,
                      const Weight& weight) const;
  double fold(const Real* sums, std::size_t channel) const;
  template <typename Function>
  void for_each(kernels::Team& team, std::size_t size, const Function& function) const;
  Real factor_of(const Backward& args, std::size_t channel) const {
    const Real inverse = args.kept_of_batch[count() + channel];
    return options_.scale ? inverse * args.weights[channel] : inverse;
  }
  static void hand_over(const Backward& args, std::size_t offset, ConstSpan gradient);

  BatchNormalizationOptions options_;
  Shape shape_;
  Channels channels_;
  std::size_t row_;
};

LayerMemory BatchNormalization::memory(Mode mode) const {
  LayerMemory memory{.scratch = work_size()};
  if (mode == Mode::training) {
    memory.gradients = {InputGradient::in_place, InputGradient::none};  // x, a mask
    memory.backward_reads_outputs = false;
  }
  memory.kept_of_batch = 2 * count();  // m and 1/√(v + ε)
  return memory;
}

std::vector<Parameter> BatchNormalization::parameters() const {
  std::vector<Parameter> arrays;
  const auto add = [&](const char* name, const InitializerOptions& initializer, Role role) {
    arrays.push_back({.name = name,
                      .shape = {count()},
                      .fan_in = count(),
                      .fan_out = count(),
                      .initializer = make_initializer(initializer),
                      .role = role,
                      .momentum = role == Role::statistic ? options_.momentum : 1.0});
  };
  if (options_.scale) add("gamma", options_.gamma_initializer, Role::trained);
  if (options_.center) add("beta", options_.beta_initializer, Role::trained);
  add("moving_mean", options_.moving_mean_initializer, Role::statistic);
  add("moving_variance", options_.moving_variance_initializer, Role::statistic);
  return arrays;
}

BatchNormalization::Work BatchNormalization::work_in(const Scratch& scratch) const {
  const Span memory = scratch.of(kernels::Share{});  // the first thread's
  const std::size_t wide = padded(row_);
  Real* const first = memory.data();
  return {.rows = {first, first + wide, first + 2 * wide, first + 3 * wide},
          .sums = {first + 4 * wide, first + 5 * wide},
          .parts = memory.subspan(6 * wide)};
}

// The sum over a channel's columns.
double BatchNormalization::fold(const Real* sums, std::size_t channel) const {
  const std::size_t inner = channels_.inner;
  double total = 0.0;
  for (std::size_t first = channel * inner; first < row_; first += count() * inner) {
    for (std::size_t j = 0; j < inner; ++j) total += static_cast<double>(sums[first + j]);
  }
  return total;
}

// function(i, j) for every number i, which lies at place j of its row.
template <typename Function>
void BatchNormalization::for_each(kernels::Team& team, std::size_t size,
                                  const Function& function) const {
  constexpr std::size_t cost = 8;
  team.share((size + row_ - 1) / row_, 1, row_ * cost, [&](const kernels::Share& share) {
    for (std::size_t row = share.first; row < share.last; ++row) {
      const std::size_t begin = row * row_;
      const std::size_t wide = std::min(row_, size - begin);
#pragma GCC ivdep
      for (std::size_t j = 0; j < wide; ++j) function(begin + j, j);
    }
  });
}

// function(how many numbers of a channel count, a function of a number's place that says whether it
// does: 1 or 0).
template <typename Inputs, typename Function>
void BatchNormalization::with_weights(const Inputs& inputs, const Function& function) const {
  const std::size_t size = inputs[0].size();
  if (inputs.size() == 1) {
    return function(static_cast<double>(size / count()), [](std::size_t) { return Real{1}; });
  }
  const ConstMatrix mask = inputs[1];
  const std::size_t of_step = size / mask.size();
  double steps = 0.0;
  for (const Real there : mask.flat()) steps += static_cast<double>(there);
  // As Keras, which so divides by something where no step is there.
  function(steps * static_cast<double>(of_step / count()) + 1e-7,
           [mask = mask.data(), of_step](std::size_t i) { return mask[i / of_step]; });
}

// The batch's mean and variance.
template <typename Weight>
void BatchNormalization::moments(const Forward& args, const Work& work, double numbers,
                                 const Weight& weight, Span mean, Span variance) const {
  kernels::Team& team = args.pass.team;
  const Real* const x = args.x().data();
  const ColumnSums columns{args.x().size(), row_};
  const std::array<Real*, 1> sums{work.sums[0]};
  columns.add<1>(team, work.parts, sums, 1, [x, weight](std::size_t i, std::size_t, std::size_t) {
    return std::array<Real, 1>{weight(i) * x[i]};
  });
  for (std::size_t c = 0; c < count(); ++c) {
    mean[c] = static_cast<Real>(fold(sums[0], c) / numbers);
  }
  Real* const center = work.rows[0];
  for (std::size_t j = 0; j < row_; ++j) center[j] = mean[channels_.channel(j)];
  columns.add<1>(team, work.parts, sums, 3,
                 [x, center, weight](std::size_t i, std::size_t j, std::size_t) {
                   const Real d = x[i] - center[j];
                   return std::array<Real, 1>{weight(i) * d * d};
                 });
  for (std::size_t c = 0; c < count(); ++c) {
    variance[c] = static_cast<Real>(fold(sums[0], c) / numbers);
  }
}

void BatchNormalization::forward(const Forward& args) const {
  const Work work = work_in(args.scratch);
  const Span mean = args.kept_of_batch.first(count());
  const Span inverse = args.kept_of_batch.subspan(count(), count());
  if (uses_batch(args.pass)) {
    with_weights(args.inputs, [&](double numbers, const auto& weight) {
      moments(args, work, numbers, weight, mean, inverse);
    });
    const Span moving_mean = args.new_statistics.first(count());
    const Span moving_variance = args.new_statistics.last(count());
    const Real kept = static_cast<Real>(options_.momentum);
    const Real taken = static_cast<Real>(1.0 - options_.momentum);
    for (std::size_t c = 0; c < count(); ++c) {
      moving_mean[c] = kept * args.statistics[c] + taken * mean[c];
      moving_variance[c] = kept * args.statistics[count() + c] + taken * inverse[c];
    }
  } else {
    std::ranges::copy(args.statistics.first(count()), mean.begin());
    std::ranges::copy(args.statistics.last(count()), inverse.begin());
  }
  for (Real& value : inverse) value = inverse_deviation(static_cast<double>(value));

  const auto [center, factor, offset, unused] = work.rows;
  const ConstSpan scale = gamma(args.weights);
  const ConstSpan shift = beta(args.weights);
  for (std::size_t j = 0; j < row_; ++j) {
    const std::size_t c = channels_.channel(j);
    center[j] = mean[c];
    factor[j] = options_.scale ? inverse[c] * scale[c] : inverse[c];
    offset[j] = options_.center ? shift[c] : Real{0};
  }
  const Real* const x = args.x().data();
  Real* const y = args.y().data();
  for_each(args.pass.team, args.x().size(),
           [x, y, center = center, factor = factor, offset = offset](std::size_t i, std::size_t j) {
             y[i] = (x[i] - center[j]) * factor[j] + offset[j];
           });
}

void BatchNormalization::backward(const Backward& args) const {
  const Work work = work_in(args.scratch);
  if (uses_batch(args.pass)) {
    with_weights(args.inputs, [&](double numbers, const auto& weight) {
      batch_backward(args, work, numbers, weight);
    });
  } else if (args.dx().data() != nullptr) {
    Real* const dy = args.dy().data();
    Real* const factor = work.rows[0];
    for (std::size_t j = 0; j < row_; ++j) factor[j] = factor_of(args, channels_.channel(j));
    for_each(args.pass.team, args.dy().size(),
             [dy, factor](std::size_t i, std::size_t j) { dy[i] *= factor[j]; });
  }
}

// dy becomes dx, and the weights' gradients are handed over, after which the weights may change.
template <typename Weight>
void BatchNormalization::batch_backward(const Backward& args, const Work& work, double numbers,
                                        const Weight& weight) const {
  const ConstSpan mean = args.kept_of_batch.first(count());
  const ConstSpan inverse = args.kept_of_batch.subspan(count(), count());
  const Real* const x = args.x().data();
  Real* const dy = args.dy().data();
  const std::size_t size = args.dy().size();
  const auto [center, factor, offset, slope] = work.rows;
  for (std::size_t j = 0; j < row_; ++j) center[j] = mean[channels_.channel(j)];
  ColumnSums{size, row_}.add<2>(
      args.pass.team, work.parts, work.sums, 4,
      [x, dy, center = center](std::size_t i, std::size_t j, std::size_t) {
        return std::array<Real, 2>{dy[i], dy[i] * (x[i] - center[j])};
      });
  // By channel, in the place of the first columns, which have been added up by then.
  const Span beta_gradient(work.sums[0], count());
  const Span gamma_gradient(work.sums[1], count());
  for (std::size_t c = 0; c < count(); ++c) {
    beta_gradient[c] = static_cast<Real>(fold(work.sums[0], c));
    gamma_gradient[c] = static_cast<Real>(fold(work.sums[1], c)) * inverse[c];
  }
  if (args.dx().data() != nullptr) {
    const Real share = static_cast<Real>(1.0 / numbers);
    for (std::size_t j = 0; j < row_; ++j) {
      const std::size_t c = channels_.channel(j);
      factor[j] = factor_of(args, c);
      offset[j] = factor[j] * beta_gradient[c] * share;
      slope[j] = factor[j] * inverse[c] * gamma_gradient[c] * share;
    }
    for_each(args.pass.team, size,
             [dy, x, weight, center = center, factor = factor, offset = offset, slope = slope](
                 std::size_t i, std::size_t j) {
               dy[i] = dy[i] * factor[j] - weight(i) * (offset[j] + (x[i] - center[j]) * slope[j]);
             });
  }
  if (options_.scale) hand_over(args, 0, gamma_gradient);
  if (options_.center) hand_over(args, options_.scale ? count() : 0, beta_gradient);
}

void BatchNormalization::hand_over(const Backward& args, std::size_t offset, ConstSpan gradient) {
  const Span room = args.gradients.room(offset, gradient.size(), offset);
  std::ranges::copy(gradient, room.begin());
  args.gradients.take(offset, room);
}

}  // namespace

std::unique_ptr<Layer> make(const BatchNormalizationOptions& options, Shapes inputs,
                            const std::string& key) {
  const bool has_mask = inputs.size() == 2 && inputs[1] == Shape{inputs[0][0]};
  const Shape& input = has_mask ? inputs[0] : only_input(inputs, key);
  options::require_valid(options, key);
  return std::make_unique<BatchNormalization>(options, input,
                                              Channels::of_axis(options.axis, input, key));
}

}  // namespace tusk::layers
