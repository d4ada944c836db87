// SPDX-License-Identifier: Apache-2.0
// A program with all of tusk's commands and five objects of its own: a layer, a loss, an optimizer, a strategy
// and a transform. Each has its options, a line in describe() for each option, and a function that makes it.
#include <algorithm>
#include <cmath>
#include <memory>
#include <span>
#include <vector>

#include "tusk/center.hpp"
#include "tusk/extensions.hpp"
#include "tusk/layer.hpp"
#include "tusk/loss.hpp"
#include "tusk/main.hpp"
#include "tusk/optimizer.hpp"
#include "tusk/options/fields.hpp"
#include "tusk/strategy.hpp"
#include "tusk/transform.hpp"

namespace lab {

using tusk::options::Fields;

struct SwishOptions {
  double beta = 1.0;
  friend bool operator==(const SwishOptions&, const SwishOptions&) = default;
};
void describe(Fields& fields, SwishOptions& o) { fields("beta", o.beta, tusk::options::above(0.0)); }

// y = x σ(βx)
class Swish final : public tusk::layers::Layer {
 public:
  Swish(const SwishOptions& options, const tusk::Shape& shape)
      : beta_(static_cast<float>(options.beta)), shape_(shape) {}
  std::vector<tusk::Shape> output_shapes() const override { return {shape_}; }
  tusk::layers::LayerMemory memory(tusk::layers::Mode) const override { return {}; }
  void forward(const tusk::layers::Forward& args) const override {
    const auto x = args.x().flat();
    for (std::size_t i = 0; i < x.size(); ++i) args.y().flat()[i] = x[i] * sigmoid(x[i]);
  }
  void backward(const tusk::layers::Backward& args) const override {
    const auto x = args.x().flat();
    const auto dy = args.dy().flat();
    for (std::size_t i = 0; args.dx().data() != nullptr && i < x.size(); ++i) {
      const float s = sigmoid(x[i]);
      args.dx().flat()[i] = dy[i] * (s + beta_ * x[i] * s * (1.0F - s));
    }
  }

 private:
  float sigmoid(float x) const { return 1.0F / (1.0F + std::exp(-beta_ * x)); }
  float beta_;
  tusk::Shape shape_;
};

struct LogCoshOptions {
  double scale = 1.0;
  friend bool operator==(const LogCoshOptions&, const LogCoshOptions&) = default;
};
void describe(Fields& fields, LogCoshOptions& o) { fields("scale", o.scale, tusk::options::above(0.0)); }

// scale · mean over the outputs of log cosh(y − t)
class LogCosh final : public tusk::graph::Loss {
 public:
  explicit LogCosh(const LogCoshOptions& options) : scale_(options.scale) {}
  double sum(tusk::ConstMatrix y, const tusk::Targets& targets) const override {
    double sum = 0.0;
    for (std::size_t i = 0; i < y.size(); ++i) sum += std::log(std::cosh(double{y.flat()[i]} - targets.values.flat()[i]));
    return scale_ * sum / static_cast<double>(y.rows());
  }
  void gradient(tusk::ConstMatrix y, tusk::ConstMatrix, const tusk::Targets& targets, tusk::Matrix dy) const override {
    const double factor = scale_ / static_cast<double>(y.size());
    for (std::size_t i = 0; i < y.size(); ++i) {
      dy.flat()[i] = static_cast<float>(factor * std::tanh(double{y.flat()[i]} - targets.values.flat()[i]));
    }
  }

 private:
  double scale_;
};

struct SignOptions {
  double floor = 0.0;
  friend bool operator==(const SignOptions&, const SignOptions&) = default;
};
void describe(Fields& fields, SignOptions& o) { fields("floor", o.floor, tusk::options::at_least(0.0)); }

// x −= η sign(g), where |g| is above the floor
class SignSgd final : public tusk::optim::Optimizer {
 public:
  SignSgd(const SignOptions& options, const tusk::optim::CommonOptions& common)
      : Optimizer(common), floor_(static_cast<float>(options.floor)) {}

 private:
  void update(const Part& part) override {
    sweep(part, [rate = rate(), floor = floor_](float& x, float g) {
      x -= g > floor ? rate : g < -floor ? -rate : 0.0F;
    });
  }
  float floor_;
};

struct FractionOptions {
  std::size_t communication_window = 5;
  double fraction = 0.5;
  friend bool operator==(const FractionOptions&, const FractionOptions&) = default;
};
void describe(Fields& fields, FractionOptions& o) {
  fields("communication_window", o.communication_window, tusk::options::count());
  fields("fraction", o.fraction, tusk::options::inside(0.0, 1.0));
}

// After every window θ += fraction · (x − x₀); x = x₀ = θ
class Fraction final : public tusk::strategies::Strategy {
 public:
  Fraction(const FractionOptions& options, const tusk::strategies::Surroundings& with)
      : center_(*with.center), options_(options), pulled_(center_.size()) {}
  std::size_t communication_window() const override { return options_.communication_window; }
  void on_start(std::span<float> x) override {
    center_.pull(pulled_);
    std::ranges::copy(pulled_, x.begin());
  }
  void on_window_end(std::span<float> x, const tusk::strategies::Window&) override {
    center_.commit_change(x, pulled_, {.divisor = static_cast<float>(1.0 / options_.fraction)});
  }

 private:
  tusk::center::CenterVariable& center_;
  FractionOptions options_;
  std::vector<float> pulled_;
};

struct PowerOptions {
  double exponent = 0.5;
  friend bool operator==(const PowerOptions&, const PowerOptions&) = default;
};
void describe(Fields& fields, PowerOptions& o) { fields("exponent", o.exponent, tusk::options::above(0.0)); }

// y = sign(x) |x|^exponent
class Power final : public tusk::transforms::Transform {
 public:
  explicit Power(const PowerOptions& options) : exponent_(options.exponent) {}
  std::size_t apply(std::span<double> sample, std::size_t width) const override {
    for (double& x : sample.first(width)) x = std::copysign(std::pow(std::abs(x), exponent_), x);
    return width;
  }
  std::string summary() const override { return "sign(x) |x|^" + std::to_string(exponent_); }

 private:
  double exponent_;
};

}  // namespace lab

int main(int argc, char** argv) {
  tusk::Extensions extensions{.package = "lab"};
  extensions.add_layer<lab::SwishOptions>("swish", [](const auto& options, auto inputs, const std::string&) {
    return std::make_unique<lab::Swish>(options, inputs.front());
  });
  extensions.add_loss<lab::LogCoshOptions>(
      "log_cosh", [](const auto& options) { return std::make_unique<lab::LogCosh>(options); });
  extensions.add_optimizer<lab::SignOptions>("sign_sgd", [](const auto& options, const auto& common) {
    return std::make_unique<lab::SignSgd>(options, common);
  });
  extensions.add_strategy<lab::FractionOptions>(
      "fraction", {.topology = tusk::Topology::parameter_server},
      [](const auto& options, const auto& with) { return std::make_unique<lab::Fraction>(options, with); });
  extensions.add_transform<lab::PowerOptions>(
      "power", [](const auto& options) { return std::make_shared<const lab::Power>(options); });
  return tusk::main(argc, argv, extensions);
}
