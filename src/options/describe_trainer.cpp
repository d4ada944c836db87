// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <optional>
#include <string>
#include <type_traits>
#include <variant>
#include <vector>

#include "options/describe.hpp"
#include "tusk/extensions.hpp"

// The [trainer] table: the strategies and what is common to them.
namespace tusk {

using namespace options;

template <typename Options>
void describe_window(Fields& fields, Options& o) {
  fields("communication_window", o.communication_window, count());
}

void describe(Fields&, SingleOptions&) {}

void describe(Fields& fields, DownpourOptions& o) { describe_window(fields, o); }

void describe(Fields& fields, AdagOptions& o) { describe_window(fields, o); }

void describe(Fields& fields, ExperimentalOptions& o) { describe_window(fields, o); }

void describe(Fields& fields, DynsgdOptions& o) {
  describe_window(fields, o);
  fields("count_absent", o.count_absent);
}

void describe(Fields& fields, HogwildOptions& o) { describe_window(fields, o); }

void describe(Fields& fields, AsyncLocalSgdOptions& o) {
  describe_window(fields, o);
  fields("outer_learning_rate", o.outer_learning_rate, above(0.0));
}

void describe(Fields& fields, DelayedNesterovOptions& o) {
  describe_window(fields, o);
  fields("outer_learning_rate", o.outer_learning_rate, above(0.0));
  fields("outer_momentum", o.outer_momentum, from_below(0.0, 1.0));
  fields("delay", o.delay, count());
}

void describe(Fields& fields, MovingRateOptions& o) {
  constexpr const char* clash = "cannot be given together with another of alpha, rho and beta";
  fields("alpha", o.alpha, inside(0.0, 1.0));
  fields("rho", o.rho, above(0.0).only_when(!o.alpha, clash));
  fields("beta", o.beta, above(0.0).only_when(!o.alpha && !o.rho, clash));
}

void describe(Fields& fields, AeasgdOptions& o) {
  describe_window(fields, o);
  describe(fields, o.moving_rate);
}

void describe(Fields& fields, EamsgdOptions& o) {
  describe_window(fields, o);
  describe(fields, o.moving_rate);
}

void describe(Fields& fields, EasgdOptions& o) {
  describe_window(fields, o);
  describe(fields, o.moving_rate);
}

void describe(Fields& fields, AveragingOptions& o) { describe_window(fields, o); }

void describe(Fields& fields, DilocoOptions& o) {
  describe_window(fields, o);
  fields("outer_learning_rate", o.outer_learning_rate, above(0.0));
  fields("outer_momentum", o.outer_momentum, from_below(0.0, 1.0));
  fields("nesterov", o.nesterov);
}

void describe(Fields&, SyncSgdOptions&) {}

void describe(Fields& fields, GemOptions& o) {
  describe_window(fields, o);
  fields("momentum", o.momentum, from_below(0.0, 1.0));
  fields("kappa", o.kappa, above(0.0));
}

void describe(Fields& fields, EnsembleOptions& o) {
  fields("members", o.members, required(count()));
  fields("data", o.data);
}

// The names of all rules whose traits say that they overlap: "a, b or c".
template <typename... Rules>
std::string overlapping_of(std::type_identity<std::variant<Rules...>> /*of*/,
                           const Extensions& extensions) {
  std::vector<std::string> names;
  const auto add = [&]<typename Rule>(std::type_identity<Rule>) {
    if constexpr (!is_user_object<Rule>) {
      if (Rule::traits.overlaps) names.emplace_back(Rule::name);
    }
  };
  (add(std::type_identity<Rules>{}), ...);
  for (const auto& kind : extensions.strategies) {
    if (kind->traits.overlaps) names.push_back(kind->name);
  }
  const std::string last = names.back();
  names.pop_back();
  return fmt::format("{} or {}", fmt::join(names, ", "), last);
}

void describe(Fields& fields, TrainerOptions& o) {
  fields.choice("name", o.strategy, fields.extensions().strategies);
  const RuleTraits& traits_of_it = traits(o.strategy);
  const std::string with_name = fmt::format(" with name = \"{}\"", name_of_rule(o.strategy));
  const auto of_center = [&](const Rule& rule) {
    return rule.only_when(traits_of_it.topology == Topology::parameter_server,
                          "needs a trainer with a parameter server");
  };
  const std::optional<Consistency>& only = traits_of_it.consistency;
  fields("epochs", o.epochs, count());
  fields("batch_size", o.batch_size, count());
  fields("consistency", o.consistency,
         of_center(only ? any().only_when(
                              false, fmt::format("is always \"{}\"{}", name_of(*only), with_name))
                        : any()));
  fields("keep_optimizer_state", o.keep_optimizer_state,
         any()
             .only_when(exchanges_anything(traits_of_it.topology),
                        "needs a trainer whose workers exchange something")
             .only_when(
                 !traits_of_it.shares_gradients,
                 "is always true" + with_name + ", whose workers exchange every step's gradients"));
  fields("max_staleness", o.max_staleness, of_center(at_least(0.0)));
  fields("parallelism_factor", o.parallelism_factor, of_center(count()));
  fields(
      "overlap", o.overlap,
      any()
          .only_when(traits_of_it.overlaps,
                     "needs a trainer with one exchange a window: " +
                         overlapping_of(std::type_identity<StrategyOptions>{}, fields.extensions()))
          .only_when(!o.max_staleness,
                     "cannot be given together with max_staleness, whose pull follows the wait"));
  fields("threads", o.threads, between(1, 1024));
}

}  // namespace tusk
