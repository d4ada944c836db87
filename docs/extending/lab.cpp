// SPDX-License-Identifier: Apache-2.0
// A program with all of tusk's commands and five objects of its own: a layer, a loss, an optimizer, a strategy and a
// transform. Each is a class with its options in it; describe() says what an option is called and what it may be.
#include <algorithm>
#include <cmath>
#include <numbers>
#include <span>
#include <string>
#include <vector>

#include "tusk/center.hpp"
#include "tusk/layer.hpp"
#include "tusk/loss.hpp"
#include "tusk/main.hpp"
#include "tusk/optimizer.hpp"
#include "tusk/options/fields.hpp"
#include "tusk/strategy.hpp"
#include "tusk/transform.hpp"

namespace lab {

using namespace tusk;
using options::Fields;

// y = x σ(βx)
struct Swish final : layers::Layer {
  struct Options {
    double beta = 1.0;
    friend void describe(Fields& fields, Options& o) { fields("beta", o.beta, options::above(0.0)); }
  };
  Swish(const Options& o, const Shape& input) : beta(static_cast<float>(o.beta)), shape(input) {}

  std::vector<Shape> output_shapes() const override { return {shape}; }
  layers::LayerMemory memory(layers::Mode) const override { return {}; }
  void forward(const layers::Forward& args) const override {
    const auto x = args.x().flat();
    for (std::size_t i = 0; i < x.size(); ++i) args.y().flat()[i] = x[i] * sigmoid(x[i]);
  }
  void backward(const layers::Backward& args) const override {
    if (args.dx().data() == nullptr) return;  // nobody wants it
    const auto x = args.x().flat();
    for (std::size_t i = 0; i < x.size(); ++i) {
      const float s = sigmoid(x[i]);
      args.dx().flat()[i] = args.dy().flat()[i] * (s + beta * x[i] * s * (1.0F - s));
    }
  }

  float sigmoid(float x) const { return 1.0F / (1.0F + std::exp(-beta * x)); }
  float beta;
  Shape shape;
};

// scale · mean over the outputs of log cosh(y − t)
struct LogCosh final : graph::Loss {
  struct Options {
    double scale = 1.0;
    friend void describe(Fields& fields, Options& o) { fields("scale", o.scale, options::above(0.0)); }
  };
  explicit LogCosh(const Options& o) : scale(o.scale) {}

  double sum(ConstMatrix y, const Targets& targets) const override {
    double sum = 0.0;
    for (std::size_t i = 0; i < y.size(); ++i) {
      const double error = std::abs(double{y.flat()[i]} - targets.values.flat()[i]);
      sum += error + std::log1p(std::exp(-2.0 * error)) - std::numbers::ln2;  // log cosh, for any error
    }
    return scale * sum / static_cast<double>(y.rows());
  }
  void gradient(ConstMatrix y, ConstMatrix, const Targets& targets, Matrix dy) const override {
    const double factor = scale / static_cast<double>(y.size());
    for (std::size_t i = 0; i < y.size(); ++i) {
      dy.flat()[i] = static_cast<float>(factor * std::tanh(double{y.flat()[i]} - targets.values.flat()[i]));
    }
  }

  double scale;
};

// x −= η sign(g), where |g| is above the floor
struct SignSgd final : optim::Optimizer {
  struct Options {
    double floor = 0.0;
    friend void describe(Fields& fields, Options& o) { fields("floor", o.floor, options::at_least(0.0)); }
  };
  SignSgd(const Options& o, const optim::CommonOptions& common) : Optimizer(common), floor(static_cast<float>(o.floor)) {}

  void update(const Part& part) override {
    sweep(part, [rate = rate(), floor = floor](float& x, float g) { x -= g > floor ? rate : g < -floor ? -rate : 0.0F; });
  }

  float floor;
};

// After every window θ += fraction · (x − x₀); x = x₀ = θ
struct Fraction final : strategies::Strategy {
  struct Options {
    std::size_t communication_window = 5;
    double fraction = 0.5;
    friend void describe(Fields& fields, Options& o) {
      fields("communication_window", o.communication_window, options::count());
      fields("fraction", o.fraction, options::inside(0.0, 1.0));
    }
  };
  Fraction(const Options& o, const strategies::Surroundings& with)
      : window(o.communication_window), fraction(o.fraction), center(*with.center), pulled(center.size()) {}

  std::size_t communication_window() const override { return window; }
  void on_start(std::span<float> x) override {
    center.pull(pulled);
    std::ranges::copy(pulled, x.begin());
  }
  void on_window_end(std::span<float> x, const strategies::Window&) override {
    center.commit_change(x, pulled, {.divisor = static_cast<float>(1.0 / fraction)});
  }
  void keep(tusk::State& state) override { state("pulled", pulled); }  // for checkpoints

  std::size_t window;
  double fraction;
  center::CenterVariable& center;
  std::vector<float> pulled;
};

// y = sign(x) |x|^exponent
struct Power final : transforms::Transform {
  struct Options {
    double exponent = 0.5;
    friend void describe(Fields& fields, Options& o) { fields("exponent", o.exponent, options::above(0.0)); }
  };
  explicit Power(const Options& o) : exponent(o.exponent) {}

  std::size_t apply(std::span<double> buffer, std::size_t width) const override {
    for (double& x : buffer.first(width)) x = std::copysign(std::pow(std::abs(x), exponent), x);
    return width;
  }
  std::string summary() const override { return "sign(x) |x|^" + std::to_string(exponent); }

  double exponent;
};

}  // namespace lab

int main(int argc, char** argv) {
  tusk::Extensions extensions{.package = "lab"};
  extensions.add_layer<lab::Swish>("swish");
  extensions.add_loss<lab::LogCosh>("log_cosh");
  extensions.add_optimizer<lab::SignSgd>("sign_sgd");
  extensions.add_strategy<lab::Fraction>("fraction", {.topology = tusk::Topology::parameter_server});
  extensions.add_transform<lab::Power>("power");
  return tusk::main(argc, argv, extensions);
}
