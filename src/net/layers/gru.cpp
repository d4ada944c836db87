// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <memory>

#include "net/kernels/activation.hpp"
#include "net/kernels/eigen_views.hpp"
#include "net/kernels/gates.hpp"
#include "net/layers/layers.hpp"
#include "net/layers/recurrent.hpp"
#include "options/describe.hpp"
#include "options/require_valid.hpp"

namespace tusk::layers {
namespace {

constexpr auto gru_sums_alone = [](std::size_t, Span) {};

// Gated recurrent units (Cho et al., EMNLP 2014), with Keras's gates z, r, h in this order:
//
//   z = σ(Wz x + Uz h + bz),  r = σ(Wr x + Ur h + br),  h ← z h + (1 − z) c
//
// and for the candidate c, f being the activation, with reset_after (the form of cuDNN), where all
// biases are two, b for x and b' for h,
//
//   c = f(Wh x + b + r n),  n = Uh h + b'
//
// and without it
//
//   c = f(Wh x + Uh (r h) + b)
class Gru : public Recurrent {
 public:
  Gru(const GruOptions& options, const Shape& input, bool has_mask, const RecurrentUse& use)
      : Recurrent(options, input, has_mask, 3, 1, use) {}

 protected:
  std::size_t cost() const { return 3 * units() * kernels::activation_cost; }
  std::size_t scratch() const override { return 3 * units(); }

  // h after the step of a sample.
  void mix(const Step& step, std::size_t sample, const Real* z, const Real* c) const {
    const Real* before = step.of(step.all.states).col(sample).data();
    Real* after = step.of(step.all.states, 1).col(sample).data();
    if (step.is_masked(sample)) {
      std::copy_n(before, units(), after);
      return;
    }
#pragma GCC ivdep
    for (std::size_t i = 0; i < units(); ++i) after[i] = z[i] * before[i] + (1 - z[i]) * c[i];
  }

  // dz and dc of a sample before their activations' slopes, from dh.
  void unmix(const Step& step, std::size_t sample, const Real* z, const Real* c, Real* dz,
             Real* dc) const {
    const Real* h = step.of(step.all.states).col(sample).data();
    const Real* dh = step.all.state_gradient.col(sample).data();
#pragma GCC ivdep
    for (std::size_t i = 0; i < units(); ++i) {
      dz[i] = dh[i] * (h[i] - c[i]);
      dc[i] = dh[i] * (1 - z[i]);
    }
  }
};

// `gates` has z, r and n, so that the recurrent product is one; `more` has c.
class GruResetAfter final : public Gru {
 public:
  using Gru::Gru;

 private:
  Shape bias_shape() const override { return {2, 3 * units()}; }

  // The products with the inputs that become c go to `more`, from where `step` takes them.
  ConstSpan input_bias(ConstSpan bias) const override { return bias.first(3 * units()); }

  void step(const Step& step) const override {
    const std::size_t u = units();
    const Matrix gates = step.of(step.all.gates);
    const Matrix more = step.of(step.all.more, 1);
    step.over_samples(u, [&](std::size_t s, const kernels::Share&) {
      const Span n = gates.col(s).last(u);
      std::ranges::copy(n, more.col(s).begin());
      std::ranges::fill(n, Real{0});
      if (!options().use_bias) return;
      kernels::array(gates.col(s)) += kernels::array(step.weights.bias.last(3 * u));
    });
    kernels::multiply(step.team, step.weights.recurrent, step.of(step.all.states), gates,
                      gru_sums_alone, kernels::Sum::add);
    step.over_samples(cost(), [&](std::size_t s, const kernels::Share&) {
      const Span z_r = gates.col(s).first(2 * u);
      kernels::activate_gates(options().recurrent_activation, z_r);
      const Span c = more.col(s);
      const Real* r = z_r.data() + u;
      const Real* n = r + u;
#pragma GCC ivdep
      for (std::size_t i = 0; i < u; ++i) c[i] += r[i] * n[i];
      kernels::activate_gates(options().cell_activation, c);
      mix(step, s, z_r.data(), c.data());
    });
  }

  void backward_step(const Step& step) const override {
    const std::size_t u = units();
    const Matrix gates = step.of(step.all.gates);
    const Matrix more = step.of(step.all.more, 1);
    step.over_samples(cost(), [&](std::size_t s, const kernels::Share& share) {
      const Span all = gates.col(s);
      const Span c = more.col(s);
      if (step.is_masked(s)) {
        std::ranges::fill(all, Real{0});
        std::ranges::fill(c, Real{0});
        return;
      }
      if (has_usual_activations()) return usual_backward(step, s, all.data(), c.data());
      const Span z_r = all.first(2 * u);
      const Span n = all.last(u);
      const Span d = step.scratch.of(share);
      const Span dz_dr = d.first(2 * u);
      const Span dc = d.last(u);
      unmix(step, s, z_r.data(), c.data(), dz_dr.data(), dc.data());
      kernels::activation_gradient(options().cell_activation, c, dc);
      kernels::array(dz_dr.last(u)) = kernels::array(dc) * kernels::array(n);
      kernels::activation_gradient(options().recurrent_activation, z_r, dz_dr);
      kernels::array(n) = kernels::array(dc) * kernels::array(z_r.last(u));
      kernels::array(step.all.state_gradient.col(s)) *= kernels::array(z_r.first(u));
      std::ranges::copy(dz_dr, z_r.begin());
      std::ranges::copy(dc, c.begin());
    });
    kernels::multiply_transposed(step.team, step.weights.recurrent, gates, step.all.state_gradient,
                                 kernels::Sum::add);
  }

  // The same of a sample in one go, where σ is sigmoid and f is tanh.
  void usual_backward(const Step& step, std::size_t sample, Real* gates, Real* more) const {
    const std::size_t u = units();
    Real* z_dz = gates;
    Real* r_dr = gates + u;
    Real* n_dn = gates + 2 * u;
    const Real* before = step.of(step.all.states).col(sample).data();
    Real* state_gradient = step.all.state_gradient.col(sample).data();
#pragma GCC ivdep
    for (std::size_t i = 0; i < u; ++i) {
      const Real z = z_dz[i];
      const Real r = r_dr[i];
      const Real n = n_dn[i];
      const Real c = more[i];
      const Real dh = state_gradient[i];
      const Real dc = dh * (1 - z) * (1 - c * c);
      z_dz[i] = dh * (before[i] - c) * (z * (1 - z));
      r_dr[i] = dc * n * (r * (1 - r));
      n_dn[i] = dc * r;
      more[i] = dc;
      state_gradient[i] = dh * z;
    }
  }

  ProductGradient input_products(const Sequence& all) const override {
    const std::size_t columns = all.gates.cols();
    return {
        .parts = {ProductPart{
                      .row = 0, .dz = kernels::rows_of(all.gates, 0, 2 * units()), .x = all.inputs},
                  ProductPart{
                      .row = 2 * units(), .dz = all.more.last_cols(columns), .x = all.inputs}},
        .count = 2};
  }
};

// `gates` has z, r and c; `more` has r h.
class GruResetBefore final : public Gru {
 public:
  using Gru::Gru;

 private:
  void step(const Step& step) const override {
    const std::size_t u = units();
    const Matrix gates = step.of(step.all.gates);
    const Matrix reset = step.of(step.all.more, 1);
    const Matrix h = step.of(step.all.states);
    kernels::multiply(step.team, kernels::rows_of(step.weights.recurrent, 0, 2 * u), h,
                      kernels::rows_of(gates, 0, 2 * u), gru_sums_alone, kernels::Sum::add);
    step.over_samples(cost(), [&](std::size_t s, const kernels::Share&) {
      const Span z_r = gates.col(s).first(2 * u);
      kernels::activate_gates(options().recurrent_activation, z_r);
      kernels::array(reset.col(s)) = kernels::array(z_r.last(u)) * kernels::array(h.col(s));
    });
    kernels::multiply(step.team, kernels::rows_of(step.weights.recurrent, 2 * u, u), reset,
                      kernels::rows_of(gates, 2 * u, u), gru_sums_alone, kernels::Sum::add);
    step.over_samples(cost(), [&](std::size_t s, const kernels::Share&) {
      const Span c = gates.col(s).last(u);
      kernels::activate_gates(options().cell_activation, c);
      mix(step, s, gates.col(s).data(), c.data());
    });
  }

  void backward_step(const Step& step) const override {
    const std::size_t u = units();
    const Matrix gates = step.of(step.all.gates);
    const Matrix h = step.of(step.all.states);
    const Matrix dh = step.all.state_gradient;
    const Matrix reset_gradient = step.all.more_gradient;  // of r h
    // c and z; what is left of z for dh has to wait, as r's part does, for the product.
    step.over_samples(cost(), [&](std::size_t s, const kernels::Share& share) {
      const Span all = gates.col(s);
      if (step.is_masked(s)) {
        std::ranges::fill(all, Real{0});
        std::ranges::fill(step.of(step.all.more, 1).col(s), Real{0});
        return;
      }
      const Span z = all.first(u);
      const Span c = all.last(u);
      const Span d = step.scratch.of(share);
      const Span dz = d.first(u);
      const Span dc = d.last(u);
      unmix(step, s, z.data(), c.data(), dz.data(), dc.data());
      kernels::activation_gradient(options().cell_activation, c, dc);
      kernels::activation_gradient(options().recurrent_activation, z, dz);
      kernels::array(dh.col(s)) *= kernels::array(z);
      std::ranges::copy(dz, z.begin());
      std::ranges::copy(dc, c.begin());
    });
    kernels::multiply_transposed(step.team, kernels::rows_of(step.weights.recurrent, 2 * u, u),
                                 kernels::rows_of(gates, 2 * u, u), reset_gradient);
    step.over_samples(cost(), [&](std::size_t s, const kernels::Share& share) {
      if (step.is_masked(s)) return;
      const Span r = gates.col(s).subspan(u, u);
      const Span d_reset = reset_gradient.col(s);
      const Span dr = step.scratch.of(share).first(u);
      kernels::array(dr) = kernels::array(d_reset) * kernels::array(h.col(s));
      kernels::activation_gradient(options().recurrent_activation, r, dr);
      kernels::array(dh.col(s)) += kernels::array(d_reset) * kernels::array(r);
      std::ranges::copy(dr, r.begin());
    });
    kernels::multiply_transposed(step.team, kernels::rows_of(step.weights.recurrent, 0, 2 * u),
                                 kernels::rows_of(gates, 0, 2 * u), dh, kernels::Sum::add);
  }

  ProductGradient recurrent_products(const Sequence& all) const override {
    const std::size_t columns = all.gates.cols();
    return {.parts = {ProductPart{.row = 0,
                                  .dz = kernels::rows_of(all.gates, 0, 2 * units()),
                                  .x = all.states.first_cols(columns)},
                      ProductPart{.row = 2 * units(),
                                  .dz = kernels::rows_of(all.gates, 2 * units(), units()),
                                  .x = all.more.last_cols(columns)}},
            .count = 2};
  }
};

}  // namespace

std::unique_ptr<Layer> make_recurrent(const GruOptions& options, Shapes inputs,
                                      const RecurrentUse& use, const std::string& key) {
  options::require_valid(options, key);
  check_recurrent(options, inputs, key);
  const bool has_mask = inputs.size() == 2;
  if (options.reset_after) {
    return std::make_unique<GruResetAfter>(options, inputs[0], has_mask, use);
  }
  return std::make_unique<GruResetBefore>(options, inputs[0], has_mask, use);
}

std::unique_ptr<Layer> make(const GruOptions& options, Shapes inputs, const std::string& key) {
  return make_recurrent(options, inputs, {}, key);
}

}  // namespace tusk::layers
