// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <cstddef>
#include <memory>
#include <span>
#include <vector>

#include "exchange/strategies/registry.hpp"
#include "tusk/center.hpp"
#include "tusk/error.hpp"
#include "tusk/extensions.hpp"
#include "tusk/optimizer.hpp"
#include "tusk/options/fields.hpp"
#include "tusk/peers.hpp"

// A user's optimizer and a user's distributed optimizer for each topology, for tests of what reads,
// writes and runs such. Each computes what one of Tusk's does, to the bit.
namespace tusk::test {

// "steady": what sgd is, with momentum 0.9 and a learning rate of 0.1 unless told otherwise.
struct SteadyOptions {
  static constexpr double default_learning_rate = 0.1;
  static constexpr double default_weight_decay = 0.001;
  double momentum = 0.9;
  bool nesterov = false;

  bool looks_ahead() const { return nesterov; }
};

inline void describe(options::Fields& fields, SteadyOptions& o) {
  fields("momentum", o.momentum, options::from_below(0.0, 1.0));
  fields("nesterov", o.nesterov);
}

class Steady final : public optim::Optimizer {
 public:
  using Options = SteadyOptions;

  Steady(const SteadyOptions& options, const optim::CommonOptions& common)
      : Optimizer(common), options_(options), velocity_(add_state("momentum", size())) {}

  optim::Lookahead lookahead() const override {
    if (!options_.nesterov) return {};
    return {.velocity = velocity_, .momentum = options_.momentum};
  }

 private:
  void update(const Part& part) override {
    const float rate = this->rate();
    const auto momentum = static_cast<float>(options_.momentum);
    sweep(
        part,
        [=, ahead = options_.nesterov](float& x, float g, float& v) {
          v = momentum * v - rate * g;
          x += ahead ? momentum * v - rate * g : v;
        },
        velocity_);
  }

  SteadyOptions options_;
  std::span<float> velocity_;
};

// "relay": what downpour is.
struct RelayOptions {
  std::size_t window = 5;
};

inline void describe(options::Fields& fields, RelayOptions& o) {
  fields("window", o.window, options::count());
}

class Relay final : public strategies::Strategy {
 public:
  using Options = RelayOptions;

  Relay(const RelayOptions& options, const strategies::Surroundings& with)
      : center_(*with.center), window_(options.window), pulled_(center_.size()) {}

  static void check(const Options& options, const strategies::RuleSetting& setting) {
    if (setting.learning_rate > 0.0) return;
    fail(ExitCode::bad_experiment, "trainer 'relay' stands still for {} workers and windows of {}",
         setting.workers, options.window);
  }

  std::size_t communication_window() const override { return window_; }

  void on_start(std::span<float> weights) override {
    center_.pull(pulled_);
    std::ranges::copy(pulled_, weights.begin());
  }

  void on_window_end(std::span<float> weights, const strategies::Window&) override {
    center_.commit_change(weights, pulled_, {});
  }

  void keep(State& state) override { state("pulled", pulled_); }

 private:
  center::CenterVariable& center_;
  std::size_t window_;
  std::vector<float> pulled_;
};

// "chorus": what sync_sgd is.
struct ChorusOptions {};

inline void describe(options::Fields&, ChorusOptions&) {}

class Chorus final : public strategies::Strategy {
 public:
  using Options = ChorusOptions;

  Chorus(const Options&, const strategies::Surroundings& with) : peers_(*with.peers) {}

  std::size_t communication_window() const override { return 1; }
  bool shares_gradients() const override { return true; }
  void on_start(std::span<float>) override {}
  std::size_t on_pass_start(std::size_t batches) override { return peers_.max(batches); }

  void on_gradients(std::span<const float>, std::span<float> gradients,
                    std::size_t samples) override {
    std::vector<float> sum(gradients.begin(), gradients.end());
    for (float& value : sum) value *= static_cast<float>(samples);
    sum.push_back(static_cast<float>(samples));
    peers_.sum(std::span(sum));
    for (std::size_t i = 0; i < gradients.size(); ++i) gradients[i] = sum[i] / sum.back();
  }

  void on_window_end(std::span<float>, const strategies::Window&) override {}
  void keep(State&) override {}

 private:
  center::Peers& peers_;
};

// "hermit": what single is.
struct HermitOptions {};

inline void describe(options::Fields&, HermitOptions&) {}

class Hermit final : public strategies::Strategy {
 public:
  using Options = HermitOptions;

  Hermit(const Options&, const strategies::Surroundings&) {}

  std::size_t communication_window() const override { return 1; }
  void on_start(std::span<float>) override {}
  void on_window_end(std::span<float>, const strategies::Window&) override {}
};

inline Extensions with_own_rules() {
  Extensions extensions{.package = "mylab"};
  extensions.add_optimizer<Steady>("steady");
  extensions.add_strategy<Relay>("relay",
                                 {.topology = Topology::parameter_server, .overlaps = true});
  extensions.add_strategy<Chorus>("chorus",
                                  {.topology = Topology::peers, .shares_gradients = true});
  extensions.add_strategy<Hermit>("hermit", {.topology = Topology::sequential});
  return extensions;
}

inline OptimizerKind steady(const Extensions& extensions, const SteadyOptions& options) {
  return UserOptimizer{extensions.optimizers.at(0), options::AnyOptions(options)};
}
inline StrategyOptions relay(const Extensions& extensions, std::size_t window) {
  return UserStrategy{extensions.strategies.at(0),
                      options::AnyOptions(RelayOptions{.window = window})};
}
inline StrategyOptions chorus(const Extensions& extensions) {
  return UserStrategy{extensions.strategies.at(1), options::AnyOptions(ChorusOptions{})};
}
inline StrategyOptions hermit(const Extensions& extensions) {
  return UserStrategy{extensions.strategies.at(2), options::AnyOptions(HermitOptions{})};
}

}  // namespace tusk::test
