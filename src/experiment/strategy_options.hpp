// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstddef>
#include <optional>
#include <string>
#include <variant>

#include "tusk/named.hpp"
#include "tusk/options/user_object.hpp"
#include "tusk/rule_traits.hpp"

namespace tusk {

// The distributed optimizers: the traits of each and the options that only it has.
// docs/algorithms.md has their rules and sources. A communication window is the number of steps
// between two exchanges.

// Plain sequential training in one process.
struct SingleOptions {
  static constexpr const char* name = "single";
  static constexpr RuleTraits traits{.topology = Topology::sequential,
                                     .not_between_relays = "has one worker, who exchanges nothing"};

  friend bool operator==(const SingleOptions&, const SingleOptions&) = default;
};

// Dean et al., NIPS 2012. θ += x − x₀ after every window.
struct DownpourOptions {
  static constexpr const char* name = "downpour";
  static constexpr RuleTraits traits{.topology = Topology::parameter_server, .overlaps = true};
  std::size_t communication_window = 5;

  friend bool operator==(const DownpourOptions&, const DownpourOptions&) = default;
};

// Hermans 2017. θ += (x − x₀)/m after every window of m steps.
struct AdagOptions {
  static constexpr const char* name = "adag";
  static constexpr const char* alias = "agn";  // its name in Hermans's thesis
  static constexpr RuleTraits traits{.topology = Topology::parameter_server,
                                     .overlaps = true,
                                     .not_between_relays =
                                         "divides by a window's steps, and a relay's are "
                                         "commits of many workers"};
  std::size_t communication_window = 12;

  friend bool operator==(const AdagOptions&, const AdagOptions&) = default;
};

// dist-keras's Experimental. As adag, but weaker where θ has moved far since the pull.
struct ExperimentalOptions {
  static constexpr const char* name = "experimental";
  static constexpr RuleTraits traits{.topology = Topology::parameter_server,
                                     .not_between_relays =
                                         "weighs by the learning rate of an optimizer, which a "
                                         "relay does not have"};
  std::size_t communication_window = 5;

  friend bool operator==(const ExperimentalOptions&, const ExperimentalOptions&) = default;
};

// Jiang et al., SIGMOD 2017. θ += (x − x₀)/(τ + 1), where a worker that has ended, or not begun,
// counts as one commit unless count_absent says no.
struct DynsgdOptions {
  static constexpr const char* name = "dynsgd";
  static constexpr RuleTraits traits{.topology = Topology::parameter_server, .overlaps = true};
  std::size_t communication_window = 5;
  bool count_absent = true;

  friend bool operator==(const DynsgdOptions&, const DynsgdOptions&) = default;
};

// Niu et al., NIPS 2011. As downpour, but reads and writes of the center race.
struct HogwildOptions {
  static constexpr const char* name = "hogwild";
  static constexpr RuleTraits traits{.topology = Topology::parameter_server,
                                     .consistency = Consistency::none,
                                     .not_between_relays = "is about races, and relays have none"};
  std::size_t communication_window = 5;

  friend bool operator==(const HogwildOptions&, const HogwildOptions&) = default;
};

// Asynchronous Local-SGD, Liu et al. 2024. θ += (γ/n)(x − x₀) after every window, n the workers.
struct AsyncLocalSgdOptions {
  static constexpr const char* name = "async_local_sgd";
  static constexpr RuleTraits traits{.topology = Topology::parameter_server, .overlaps = true};
  std::size_t communication_window = 5;
  std::optional<double> outer_learning_rate;  // γ; none: 1.5, with overlap 0.75

  friend bool operator==(const AsyncLocalSgdOptions&, const AsyncLocalSgdOptions&) = default;
};

// The same with delayed Nesterov momentum: with every D-th commit v ← μv + the mean of the last D
// changes, θ += γμv. Which commits are whose D-th is a matter of whole vectors: consistency
// `snapshot`.
struct DelayedNesterovOptions {
  static constexpr const char* name = "delayed_nesterov";
  static constexpr RuleTraits traits{.topology = Topology::parameter_server,
                                     .consistency = Consistency::snapshot,
                                     .center_momentum = true};
  std::size_t communication_window = 5;
  double outer_learning_rate = 0.7;  // γ
  double outer_momentum = 0.9;       // μ
  std::optional<std::size_t> delay;  // D; none: n

  friend bool operator==(const DelayedNesterovOptions&, const DelayedNesterovOptions&) = default;
};

// The elastic rules' moving rate: `alpha` if it is given, else rho · η with the η of the optimizer
// if rho is given, else beta/n.
struct MovingRateOptions {
  double beta = 0.9;
  std::optional<double> rho;
  std::optional<double> alpha;

  friend bool operator==(const MovingRateOptions&, const MovingRateOptions&) = default;
};

// Zhang et al., NIPS 2015, algorithm 1. E = α(x − θ), θ += E, x −= E, once a window.
struct AeasgdOptions {
  static constexpr const char* name = "aeasgd";
  static constexpr RuleTraits traits{.topology = Topology::parameter_server,
                                     .overlaps = true,
                                     .sends_positions = true,
                                     .keeps_sum = true};
  std::size_t communication_window = 32;
  MovingRateOptions moving_rate;

  friend bool operator==(const AeasgdOptions&, const AeasgdOptions&) = default;
};

// Zhang et al., algorithm 2: aeasgd with Nesterov's momentum.
struct EamsgdOptions {
  static constexpr const char* name = "eamsgd";
  static constexpr RuleTraits traits{
      .topology = Topology::parameter_server,
      .overlaps = true,
      .sends_positions = true,
      .needs_nesterov = true,
      .keeps_sum = true,
      .not_between_relays = "needs an optimizer's momentum, which a relay does not have"};
  std::size_t communication_window = 32;
  MovingRateOptions moving_rate;

  friend bool operator==(const EamsgdOptions&, const EamsgdOptions&) = default;
};

// Zhang et al., eqs. 5 and 6: aeasgd with all workers at once.
struct EasgdOptions {
  static constexpr const char* name = "easgd";
  static constexpr RuleTraits traits{
      .topology = Topology::peers, .sends_positions = true, .keeps_sum = true};
  std::size_t communication_window = 32;
  MovingRateOptions moving_rate;

  friend bool operator==(const EasgdOptions&, const EasgdOptions&) = default;
};

// x = Σ sᵢxᵢ / Σ sᵢ after every window, sᵢ the samples that worker i saw in it.
struct AveragingOptions {
  static constexpr const char* name = "averaging";
  static constexpr RuleTraits traits{.topology = Topology::peers, .keeps_sum = true};
  std::optional<std::size_t> communication_window;  // none: an epoch

  friend bool operator==(const AveragingOptions&, const AveragingOptions&) = default;
};

// Douillard et al. 2023. After every window all workers go on from one θ, which an outer optimizer,
// SGD with momentum, has moved by the mean of their changes: v ← μv + Δ, θ += η(μv + Δ).
struct DilocoOptions {
  static constexpr const char* name = "diloco";
  static constexpr RuleTraits traits{.topology = Topology::peers};
  std::size_t communication_window = 50;
  double outer_learning_rate = 0.7;  // η
  double outer_momentum = 0.9;       // μ
  bool nesterov = true;              // else θ += ηv

  friend bool operator==(const DilocoOptions&, const DilocoOptions&) = default;
};

// The workers' gradients, averaged at every step.
struct SyncSgdOptions {
  static constexpr const char* name = "sync_sgd";
  static constexpr RuleTraits traits{
      .topology = Topology::peers,
      .shares_gradients = true,
      .not_between_relays = "shares gradients at every step, and a relay has neither"};

  friend bool operator==(const SyncSgdOptions&, const SyncSgdOptions&) = default;
};

// Hermans & Louppe 2018, gradient energy matching: what a worker adds is scaled so that all workers
// together move the center as fast as momentum would.
struct GemOptions {
  static constexpr const char* name = "gem";
  static constexpr RuleTraits traits{.topology = Topology::parameter_server,
                                     .not_between_relays =
                                         "scales a worker's change by how far all workers went in "
                                         "its window, and a relay's change is of many"};
  std::size_t communication_window = 5;
  double momentum = 0.9;  // μ
  double kappa = 1.0;     // κ: how much of the momentum's energy to aim at

  friend bool operator==(const GemOptions&, const GemOptions&) = default;
};

// What an ensemble's members are trained on.
enum class EnsembleData {
  whole,      // every training row
  bootstrap,  // as many rows, drawn with replacement
  shard,      // a part of its own
};

constexpr auto names_of(EnsembleData) {
  return std::to_array<Named<EnsembleData>>({{"whole", EnsembleData::whole},
                                             {"bootstrap", EnsembleData::bootstrap},
                                             {"shard", EnsembleData::shard}});
}

// Models trained independently, each from a seed of its own; their predictions are combined.
struct EnsembleOptions {
  static constexpr const char* name = "ensemble";
  static constexpr RuleTraits traits{.topology = Topology::independent,
                                     .not_between_relays = "has members that exchange nothing"};
  std::size_t members = 1;
  EnsembleData data = EnsembleData::whole;

  friend bool operator==(const EnsembleOptions&, const EnsembleOptions&) = default;
};

using StrategyOptions =
    std::variant<SingleOptions, DownpourOptions, AdagOptions, ExperimentalOptions, DynsgdOptions,
                 HogwildOptions, AsyncLocalSgdOptions, DelayedNesterovOptions, AeasgdOptions,
                 EamsgdOptions, EasgdOptions, AveragingOptions, DilocoOptions, SyncSgdOptions,
                 GemOptions, EnsembleOptions, UserStrategy>;

inline const RuleTraits& traits(const StrategyOptions& strategy) {
  return std::visit(
      []<typename Rule>(const Rule& rule) -> const RuleTraits& {
        if constexpr (options::is_user_object<Rule>) {
          return rule.kind->traits;
        } else {
          return Rule::traits;
        }
      },
      strategy);
}

inline Topology topology(const StrategyOptions& strategy) { return traits(strategy).topology; }

// "adag"; for a user's rule the name of its kind.
inline std::string name_of_rule(const StrategyOptions& strategy) {
  return options::selected_name(strategy);
}

}  // namespace tusk
