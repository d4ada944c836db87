// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <array>
#include <cmath>

#include "net/kernels/column_sums.hpp"
#include "net/layers/axes.hpp"
#include "net/layers/initializer.hpp"
#include "net/layers/layers.hpp"
#include "options/describe.hpp"
#include "options/require_valid.hpp"
#include "tusk/error.hpp"

namespace tusk::layers {
namespace {

// Normalizes the numbers along the last axes, each row of them by itself (Ba, Kiros and Hinton,
// 2016):
//
//   y = γ (x − m)/√(v + ε) + β      m and v of the row's n numbers, v the biased variance
//
// and with x̂ = (x − m)/√(v + ε) and g = γ dy
//
//   dβ = Σ dy,  dγ = Σ dy x̂ (over rows),  dx = (g − mean(g) − x̂ mean(g x̂))/√(v + ε)
class LayerNormalization final : public Layer {
 public:
  LayerNormalization(const LayerNormalizationOptions& options, const Shape& shape,
                     const Shape& normalized)
      : options_(options), shape_(shape), normalized_(normalized), wide_(normalized.elements()) {}

  std::vector<Shape> output_shapes() const override { return {shape_}; }

  LayerMemory memory(Mode mode) const override {
    if (mode == Mode::inference) return {};
    return {.gradients = {InputGradient::in_place},
            .kept = 2 * rows_of_sample(),  // m and 1/√(v + ε)
            .scratch = 2 * wide_ + kernels::ColumnSums::memory(wide_, 2),
            .backward_reads_outputs = false};
  }

  std::vector<Parameter> parameters() const override {
    std::vector<Parameter> arrays;
    const auto add = [&](const char* name, const InitializerOptions& initializer) {
      arrays.push_back({.name = name,
                        .shape = normalized_,
                        .fan_in = wide_,
                        .fan_out = wide_,
                        .initializer = make_initializer(initializer)});
    };
    if (options_.scale) add("gamma", options_.gamma_initializer);
    if (options_.center) add("beta", options_.beta_initializer);
    return arrays;
  }

  void forward(const Forward& args) const override;
  void backward(const Backward& args) const override;

 private:
  static constexpr std::size_t lanes = 16;  // sums of a row that are added up side by side
  static constexpr std::size_t row_cost = 8;

  std::size_t rows_of_sample() const { return shape_.elements() / wide_; }
  ConstSpan gamma(ConstSpan weights) const { return weights.first(options_.scale ? wide_ : 0); }
  ConstSpan beta(ConstSpan weights) const { return weights.last(options_.center ? wide_ : 0); }

  template <std::size_t count, typename Term>
  std::array<double, count> sum_row(const Term& term) const;
  void gradient_of_row(Real* dy, const Real* x, const Real* scale, Real mean, Real inverse) const;

  LayerNormalizationOptions options_;
  Shape shape_;
  Shape normalized_;
  std::size_t wide_;
};

// Σ term(j)[k] over the numbers of a row.
template <std::size_t count, typename Term>
std::array<double, count> LayerNormalization::sum_row(const Term& term) const {
  std::array<std::array<Real, lanes>, count> sums{};
  const std::size_t whole = wide_ / lanes * lanes;
  for (std::size_t j = 0; j < whole; j += lanes) {
    for (std::size_t lane = 0; lane < lanes; ++lane) {
      const std::array<Real, count> terms = term(j + lane);
      for (std::size_t k = 0; k < count; ++k) sums[k][lane] += terms[k];
    }
  }
  std::array<double, count> totals{};
  for (std::size_t k = 0; k < count; ++k) {
    for (const Real sum : sums[k]) totals[k] += static_cast<double>(sum);
  }
  for (std::size_t j = whole; j < wide_; ++j) {
    const std::array<Real, count> terms = term(j);
    for (std::size_t k = 0; k < count; ++k) totals[k] += static_cast<double>(terms[k]);
  }
  return totals;
}

void LayerNormalization::forward(const Forward& args) const {
  const std::size_t rows = args.x().size() / wide_;
  const auto n = static_cast<double>(wide_);
  const Real* const scale = gamma(args.weights).data();
  const Real* const shift = beta(args.weights).data();
  Real* const kept = args.pass.mode == Mode::training ? args.kept.data() : nullptr;
  args.pass.team.share(rows, 1, wide_ * row_cost, [&](const kernels::Share& share) {
    for (std::size_t row = share.first; row < share.last; ++row) {
      const Real* const x = args.x().data() + row * wide_;
      Real* const y = args.y().data() + row * wide_;
      const auto mean = static_cast<Real>(
          sum_row<1>([x](std::size_t j) { return std::array<Real, 1>{x[j]}; })[0] / n);
      const double variance = sum_row<1>([x, mean](std::size_t j) {
                                const Real d = x[j] - mean;
                                return std::array<Real, 1>{d * d};
                              })[0] /
                              n;
      const auto inverse = static_cast<Real>(1.0 / std::sqrt(variance + options_.epsilon));
      if (kept != nullptr) {
        kept[2 * row] = mean;
        kept[2 * row + 1] = inverse;
      }
#pragma GCC ivdep
      for (std::size_t j = 0; j < wide_; ++j) y[j] = (x[j] - mean) * inverse;
      for (std::size_t j = 0; options_.scale && j < wide_; ++j) y[j] *= scale[j];
      for (std::size_t j = 0; options_.center && j < wide_; ++j) y[j] += shift[j];
    }
  });
}

// dy, a row of it, becomes dx.
void LayerNormalization::gradient_of_row(Real* dy, const Real* x, const Real* scale, Real mean,
                                         Real inverse) const {
  for (std::size_t j = 0; options_.scale && j < wide_; ++j) dy[j] *= scale[j];
  const std::array<double, 2> sums = sum_row<2>([=](std::size_t j) {
    return std::array<Real, 2>{dy[j], dy[j] * (x[j] - mean)};
  });
  const auto n = static_cast<double>(wide_);
  const auto offset = static_cast<Real>(sums[0] / n) * inverse;
  const Real slope = static_cast<Real>(sums[1] / n) * inverse * inverse * inverse;
#pragma GCC ivdep
  for (std::size_t j = 0; j < wide_; ++j) {
    dy[j] = dy[j] * inverse - (offset + (x[j] - mean) * slope);
  }
}

void LayerNormalization::backward(const Backward& args) const {
  const std::size_t rows = args.dy().size() / wide_;
  const Real* const kept = args.kept.data();
  const bool has_weights = options_.scale || options_.center;
  // The weights' gradients need dy as it is, dx the weights as they are: so their sums come first,
  // and are handed over last.
  Span gamma_gradient;
  Span beta_gradient;
  if (has_weights && !args.pass.frozen) {
    const Span memory = args.scratch.of(kernels::Share{});  // of the first thread
    gamma_gradient = memory.first(wide_);
    beta_gradient = memory.subspan(wide_, wide_);
    const Real* const x = args.x().data();
    const Real* const dy = args.dy().data();
    kernels::ColumnSums{args.dy().size(), wide_}.add<2>(
        args.pass.team, memory.subspan(2 * wide_), {gamma_gradient.data(), beta_gradient.data()},
        row_cost, [x, dy, kept](std::size_t i, std::size_t, std::size_t row) {
          return std::array<Real, 2>{dy[i] * ((x[i] - kept[2 * row]) * kept[2 * row + 1]), dy[i]};
        });
  }
  if (args.dx().data() != nullptr) {
    const Real* const scale = gamma(args.weights).data();
    args.pass.team.share(rows, 1, wide_ * row_cost, [&](const kernels::Share& share) {
      for (std::size_t row = share.first; row < share.last; ++row) {
        gradient_of_row(args.dy().data() + row * wide_, args.x().data() + row * wide_, scale,
                        kept[2 * row], kept[2 * row + 1]);
      }
    });
  }
  const auto hand_over = [&](std::size_t offset, ConstSpan gradient) {
    const Span room = args.gradients.room(offset, gradient.size(), offset);
    std::ranges::copy(gradient, room.begin());
    args.gradients.take(offset, room);
  };
  if (gamma_gradient.empty()) return;
  if (options_.scale) hand_over(0, gamma_gradient);
  if (options_.center) hand_over(options_.scale ? wide_ : 0, beta_gradient);
}

}  // namespace

std::unique_ptr<Layer> make(const LayerNormalizationOptions& options, Shapes inputs,
                            const std::string& key) {
  const Shape& input = only_input(inputs, key);
  options::require_valid(options, key);
  const std::vector<std::size_t> axes = axes_of_sample(options.axis, input, key);
  std::vector<std::size_t> extents;
  for (const std::size_t axis : axes) extents.push_back(input[axis]);
  if (axes.front() + axes.size() != input.rank()) {
    fail(ExitCode::bad_experiment,
         "{}.axis must be the last axes of a sample of shape {}, as -1 or [-2, -1]", key,
         input.to_string());
  }
  return std::make_unique<LayerNormalization>(options, input, Shape(extents));
}

}  // namespace tusk::layers
