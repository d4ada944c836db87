// SPDX-License-Identifier: Apache-2.0
#include "options/describe.hpp"
#include "tusk/extensions.hpp"

// The [optimizer] table.
namespace tusk {

using namespace options;

void describe(Fields&, ConstantSchedule&) {}

void describe(Fields& fields, StepSchedule& o) {
  fields("boundaries", o.boundaries, required(at_least(0.0)));
  fields("values", o.values, required(at_least(0.0)));
}

void describe(Fields& fields, ExponentialSchedule& o) {
  fields("decay_steps", o.decay_steps, required(count()));
  fields("decay_rate", o.decay_rate, above(0.0));
  fields("staircase", o.staircase);
}

void describe(Fields& fields, CosineSchedule& o) {
  fields("decay_steps", o.decay_steps, required(count()));
  fields("alpha", o.alpha, between(0.0, 1.0));
}

void describe(Fields& fields, PolynomialSchedule& o) {
  fields("decay_steps", o.decay_steps, required(count()));
  fields("end_learning_rate", o.end_learning_rate, at_least(0.0));
  fields("power", o.power, above(0.0));
}

void describe(Fields& fields, ScheduleOptions& o) {
  fields.choice("type", o.kind);
  fields("warmup_steps", o.warmup_steps, at_least(0.0));
}

void describe(Fields& fields, SgdOptions& o) {
  fields("momentum", o.momentum, between(0.0, 1.0));
  fields("nesterov", o.nesterov);
}

void describe(Fields& fields, AdagradOptions& o) {
  fields("initial_accumulator_value", o.initial_accumulator_value, at_least(0.0));
  fields("epsilon", o.epsilon, at_least(0.0));
}

void describe(Fields& fields, RmspropOptions& o) {
  fields("rho", o.rho, from_below(0.0, 1.0));
  fields("momentum", o.momentum, between(0.0, 1.0));
  fields("epsilon", o.epsilon, at_least(0.0));
  fields("centered", o.centered);
}

// beta_1, beta_2 and epsilon, as Adam and its relatives have them.
template <typename Options>
void describe_moments(Fields& fields, Options& o) {
  fields("beta_1", o.beta_1, from_below(0.0, 1.0));
  fields("beta_2", o.beta_2, from_below(0.0, 1.0));
  fields("epsilon", o.epsilon, at_least(0.0));
}

void describe(Fields& fields, AdamOptions& o) {
  describe_moments(fields, o);
  fields("amsgrad", o.amsgrad);
}

void describe(Fields& fields, AdamwOptions& o) { describe(fields, static_cast<AdamOptions&>(o)); }

void describe(Fields& fields, AdadeltaOptions& o) {
  fields("rho", o.rho, from_below(0.0, 1.0));
  fields("epsilon", o.epsilon, at_least(0.0));
}

void describe(Fields& fields, AdamaxOptions& o) { describe_moments(fields, o); }

void describe(Fields& fields, NadamOptions& o) { describe_moments(fields, o); }

void describe(Fields& fields, OptimizerOptions& o) {
  fields.choice("name", o.kind, fields.extensions().optimizers);
  fields.on_read([&] {
    const OptimizerOptions defaults = with_defaults(o.kind);
    o.learning_rate = defaults.learning_rate;
    o.weight_decay = defaults.weight_decay;
  });
  constexpr const char* clash = "cannot be given together with another clip option";
  fields("learning_rate", o.learning_rate, at_least(0.0));
  fields("weight_decay", o.weight_decay, at_least(0.0));
  fields("clipnorm", o.clipnorm, above(0.0));
  fields("global_clipnorm", o.global_clipnorm, above(0.0).only_when(!o.clipnorm, clash));
  fields("clipvalue", o.clipvalue, above(0.0).only_when(!o.clipnorm && !o.global_clipnorm, clash));
  fields("schedule", o.schedule);
}

}  // namespace tusk
