// SPDX-License-Identifier: Apache-2.0
#include "options/describe.hpp"

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

void describe(Fields& fields, DynsgdOptions& o) { describe_window(fields, o); }

void describe(Fields& fields, HogwildOptions& o) { describe_window(fields, o); }

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

void describe(Fields& fields, TrainerOptions& o) {
  fields.choice("name", o.strategy);
  const Topology shape = topology(o.strategy);
  const auto of_center = [&](const Rule& rule) {
    return rule.only_when(shape == Topology::parameter_server,
                          "needs a trainer with a parameter server");
  };
  const bool races = std::holds_alternative<HogwildOptions>(o.strategy);
  const bool every_step = std::holds_alternative<SyncSgdOptions>(o.strategy);
  const bool exchanges = shape == Topology::parameter_server || shape == Topology::peers;
  fields("epochs", o.epochs, count());
  fields("batch_size", o.batch_size, count());
  fields("consistency", o.consistency,
         of_center(any().only_when(!races, "is always \"none\" with name = \"hogwild\"")));
  fields("keep_optimizer_state", o.keep_optimizer_state,
         any()
             .only_when(exchanges, "needs a trainer whose workers exchange something")
             .only_when(!every_step,
                        "is always true with name = \"sync_sgd\", whose workers exchange every "
                        "step's gradients"));
  fields("max_staleness", o.max_staleness, of_center(at_least(0.0)));
  fields("parallelism_factor", o.parallelism_factor, of_center(count()));
  fields(
      "overlap", o.overlap,
      any()
          .only_when(can_overlap(o.strategy),
                     "needs a trainer with one exchange a window: downpour, adag, dynsgd, "
                     "aeasgd or eamsgd")
          .only_when(!o.max_staleness,
                     "cannot be given together with max_staleness, whose pull follows the wait"));
  fields("threads", o.threads, between(1, 1024));
}

}  // namespace tusk
