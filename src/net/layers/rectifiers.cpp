// SPDX-License-Identifier: Apache-2.0
#include <limits>

#include "net/kernels/eigen_views.hpp"
#include "net/layers/layers.hpp"
#include "options/describe.hpp"
#include "options/require_valid.hpp"

// ReLU, LeakyReLU and ELU with their options: functions of one number whose slope is told by it.
namespace tusk::layers {
namespace {

// Fills in y, number by number.
void each(ConstSpan x, Span y, auto value) {
  for (std::size_t i = 0; i < x.size(); ++i) y[i] = value(x[i]);
}

// Which of x and y backward is to be given: the slope is told by either or needs both. Where it is
// y, which the next layer wants, too, nobody keeps x.
struct Reads {
  bool x;
  bool y;
};

template <typename Function>
class Elementwise final : public Layer {
 public:
  Elementwise(Function function, const Shape& shape) : function_(function), shape_(shape) {}

  std::vector<Shape> output_shapes() const override { return {shape_}; }
  LayerMemory memory(Mode) const override {
    const Reads reads = function_.reads();
    return {.gradients = {InputGradient::in_place},
            .backward_reads_inputs = reads.x,
            .backward_reads_outputs = reads.y};
  }

  void forward(const Forward& args) const override {
    const Real* x = args.x().data();
    Real* y = args.y().data();
    args.pass.team.share(args.y().size(), 16, Function::cost, [&](const kernels::Share& share) {
      const std::size_t count = share.last - share.first;
      function_.values({x + share.first, count}, {y + share.first, count});
    });
  }

  void backward(const Backward& args) const override {
    const Reads reads = function_.reads();
    const Real* x = reads.x ? args.x().data() : args.y().data();
    const Real* y = reads.y ? args.y().data() : x;
    Real* dy = args.dy().data();
    args.pass.team.share(args.dy().size(), 16, Function::cost, [&](const kernels::Share& share) {
#pragma GCC ivdep
      for (std::size_t i = share.first; i < share.last; ++i) dy[i] *= function_.slope(x[i], y[i]);
    });
  }

 private:
  Function function_;
  Shape shape_;
};

struct Relu {
  static constexpr std::size_t cost = 2;
  static constexpr Real unlimited = std::numeric_limits<Real>::infinity();
  Real max_value;
  Real negative_slope;
  Real threshold;

  // With neither limit nor threshold, y > 0 where x > 0 and nowhere else.
  Reads reads() const {
    const bool as_y = max_value == unlimited && threshold == 0 && negative_slope >= 0;
    return {.x = !as_y, .y = as_y};
  }
  void values(ConstSpan inputs, Span y) const {
    each(inputs, y, [*this](Real x) {
      const Real above = x < max_value ? x : max_value;
      const Real below = negative_slope * (x - threshold);  // where x is NaN, too
      return x > threshold ? above : below;
    });
  }
  Real slope(Real x, Real) const {
    const Real above = x < max_value ? Real{1} : Real{0};
    return x > threshold ? above : negative_slope;
  }
};

struct LeakyRelu {
  static constexpr std::size_t cost = 2;
  Real negative_slope;

  Reads reads() const { return {.x = true, .y = false}; }  // y of a small x < 0 may be −0
  void values(ConstSpan inputs, Span y) const {
    each(inputs, y, [*this](Real x) { return x >= 0 ? x : negative_slope * x; });
  }
  Real slope(Real x, Real) const { return x >= 0 ? Real{1} : negative_slope; }
};

struct Elu {
  static constexpr std::size_t cost = 16;
  Real alpha;

  Reads reads() const { return {.x = alpha < 0, .y = true}; }
  void values(ConstSpan inputs, Span y) const {
    const auto x = kernels::array(inputs);
    kernels::array(y) = x.max(Real{0}) + alpha * x.min(Real{0}).expm1();
  }
  Real slope(Real x, Real y) const { return x > 0 ? Real{1} : y + alpha; }
};

template <typename Function>
std::unique_ptr<Layer> elementwise(Function function, Shapes inputs, const std::string& key) {
  return std::make_unique<Elementwise<Function>>(function, only_input(inputs, key));
}

}  // namespace

std::unique_ptr<Layer> make(const ReluOptions& o, Shapes inputs, const std::string& key) {
  options::require_valid(o, key);
  return elementwise(Relu{.max_value = static_cast<Real>(o.max_value.value_or(Relu::unlimited)),
                          .negative_slope = static_cast<Real>(o.negative_slope),
                          .threshold = static_cast<Real>(o.threshold)},
                     inputs, key);
}

std::unique_ptr<Layer> make(const LeakyReluOptions& o, Shapes inputs, const std::string& key) {
  options::require_valid(o, key);
  return elementwise(LeakyRelu{static_cast<Real>(o.negative_slope)}, inputs, key);
}

std::unique_ptr<Layer> make(const EluOptions& o, Shapes inputs, const std::string& key) {
  options::require_valid(o, key);
  return elementwise(Elu{static_cast<Real>(o.alpha)}, inputs, key);
}

}  // namespace tusk::layers
