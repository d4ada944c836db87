// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <memory>

#include "net/kernels/activation.hpp"
#include "net/kernels/eigen_views.hpp"
#include "net/kernels/gates.hpp"
#include "net/layers/initializer.hpp"
#include "net/layers/layers.hpp"
#include "net/layers/recurrent.hpp"
#include "options/describe.hpp"
#include "options/require_valid.hpp"

namespace tusk::layers {
namespace {

// Long short-term memory (Hochreiter and Schmidhuber, Neural Computation 1997; Gers et al., 2000),
// with Keras's gates i, f, g, o in this order, of W x + U h + b:
//
//   c ← σ(f) c + σ(i) φ(g),  h = σ(o) φ(c)
//
// `gates` has σ(i), σ(f), φ(g) and σ(o); `more` has c and φ(c).
class Lstm final : public Recurrent {
 public:
  Lstm(const LstmOptions& options, const Shape& input, bool has_mask, const RecurrentUse& use)
      : Recurrent(options, input, has_mask, 4, 2, use),
        unit_forget_bias_(options.unit_forget_bias) {}

 private:
  std::size_t cost() const { return 5 * units() * kernels::activation_cost; }
  std::size_t scratch() const override { return 4 * units(); }

  Initializer bias_initializer() const override {
    Initializer plain = Recurrent::bias_initializer();
    if (!unit_forget_bias_) return plain;
    return [plain, u = units()](const Parameter& parameter, Random& random, Span values) {
      plain(parameter, random, values);
      std::ranges::fill(values.subspan(u, u), Real{1});
    };
  }

  void step(const Step& step) const override {
    const std::size_t u = units();
    const Matrix gates = step.of(step.all.gates);
    const Matrix before = step.of(step.all.more);
    const Matrix after = step.of(step.all.more, 1);
    const Matrix h = step.of(step.all.states, 1);
    kernels::multiply(
        step.team, step.weights.recurrent, step.of(step.all.states), gates,
        [](std::size_t, Span) {}, kernels::Sum::add);
    step.over_samples(cost(), [&](std::size_t s, const kernels::Share&) {
      if (step.is_masked(s)) {
        std::ranges::copy(before.col(s), after.col(s).begin());
        std::ranges::copy(step.of(step.all.states).col(s), h.col(s).begin());
        return;
      }
      const Span all = gates.col(s);
      kernels::activate_gates(options().recurrent_activation, all.first(2 * u));
      kernels::activate_gates(options().cell_activation, all.subspan(2 * u, u));
      kernels::activate_gates(options().recurrent_activation, all.last(u));
      const Real* i = all.data();
      const Real* f = i + u;
      const Real* g = f + u;
      const Real* c = before.col(s).data();
      Real* next = after.col(s).data();
      Real* squashed = next + u;
#pragma GCC ivdep
      for (std::size_t k = 0; k < u; ++k) {
        next[k] = f[k] * c[k] + i[k] * g[k];
        squashed[k] = next[k];
      }
      kernels::activate_gates(options().cell_activation, after.col(s).last(u));
      kernels::array(h.col(s)) = kernels::array(all.last(u)) * kernels::array(after.col(s).last(u));
    });
  }

  void backward_step(const Step& step) const override {
    const std::size_t u = units();
    const Matrix gates = step.of(step.all.gates);
    const Matrix before = step.of(step.all.more);
    const Matrix after = step.of(step.all.more, 1);
    step.over_samples(cost(), [&](std::size_t s, const kernels::Share& share) {
      const Span all = gates.col(s);
      if (step.is_masked(s)) {
        std::ranges::fill(all, Real{0});
        return;
      }
      if (has_usual_activations()) return usual_backward(step, s);
      const Span d = step.scratch.of(share);
      Real* di = d.data();
      Real* df = di + u;
      Real* dg = df + u;
      Real* d_o = dg + u;
      const Real* i = all.data();
      const Real* f = i + u;
      const Real* g = f + u;
      const Real* o = g + u;
      const Real* c = before.col(s).data();
      const ConstSpan squashed = after.col(s).last(u);
      Real* dh = step.all.state_gradient.col(s).data();
      Real* dc = step.all.more_gradient.col(s).data();
      const Span dc_here(di, u);  // what h hands on to c
#pragma GCC ivdep
      for (std::size_t k = 0; k < u; ++k) {
        d_o[k] = dh[k] * squashed[k];
        di[k] = dh[k] * o[k];
      }
      kernels::activation_gradient(options().cell_activation, squashed, dc_here);
#pragma GCC ivdep
      for (std::size_t k = 0; k < u; ++k) {
        const Real all_dc = dc[k] + di[k];
        df[k] = all_dc * c[k];
        dg[k] = all_dc * i[k];
        di[k] = all_dc * g[k];
        dc[k] = all_dc * f[k];
        dh[k] = 0;
      }
      kernels::activation_gradient(options().recurrent_activation, all.first(2 * u),
                                   d.first(2 * u));
      kernels::activation_gradient(options().cell_activation, all.subspan(2 * u, u),
                                   d.subspan(2 * u, u));
      kernels::activation_gradient(options().recurrent_activation, all.last(u), d.last(u));
      std::ranges::copy(d.first(4 * u), all.begin());
    });
    // Without a mask there is nothing yet that it would be added to.
    kernels::multiply_transposed(step.team, step.weights.recurrent, gates, step.all.state_gradient,
                                 step.mask == nullptr ? kernels::Sum::set : kernels::Sum::add);
  }

  // The same of a sample in one go, where σ is sigmoid and φ is tanh.
  void usual_backward(const Step& step, std::size_t sample) const {
    const std::size_t u = units();
    Real* i_di = step.of(step.all.gates).col(sample).data();
    Real* f_df = i_di + u;
    Real* g_dg = f_df + u;
    Real* o_do = g_dg + u;
    const Real* before = step.of(step.all.more).col(sample).data();
    const Real* squashed = step.of(step.all.more, 1).col(sample).data() + u;
    Real* state_gradient = step.all.state_gradient.col(sample).data();
    Real* more_gradient = step.all.more_gradient.col(sample).data();
#pragma GCC ivdep
    for (std::size_t k = 0; k < u; ++k) {
      const Real i = i_di[k];
      const Real f = f_df[k];
      const Real g = g_dg[k];
      const Real o = o_do[k];
      const Real dh = state_gradient[k];
      const Real dc = more_gradient[k] + dh * o * (1 - squashed[k] * squashed[k]);
      i_di[k] = dc * g * (i * (1 - i));
      f_df[k] = dc * before[k] * (f * (1 - f));
      g_dg[k] = dc * i * (1 - g * g);
      o_do[k] = dh * squashed[k] * (o * (1 - o));
      more_gradient[k] = dc * f;
      state_gradient[k] = 0;
    }
  }

  bool unit_forget_bias_;
};

}  // namespace

std::unique_ptr<Layer> make_recurrent(const LstmOptions& options, Shapes inputs,
                                      const RecurrentUse& use, const std::string& key) {
  options::require_valid(options, key);
  check_recurrent(options, inputs, key);
  return std::make_unique<Lstm>(options, inputs[0], inputs.size() == 2, use);
}

std::unique_ptr<Layer> make(const LstmOptions& options, Shapes inputs, const std::string& key) {
  return make_recurrent(options, inputs, {}, key);
}

}  // namespace tusk::layers
