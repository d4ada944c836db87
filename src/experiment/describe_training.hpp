// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "experiment/experiment.hpp"
#include "experiment/rule.hpp"

// What an experiment file may say of the learning rate's schedule, callbacks and debugging: a part
// of describe.hpp.
namespace tusk::experiment {

template <typename Fields>
void describe(Fields&, ConstantSchedule&) {}

template <typename Fields>
void describe(Fields& fields, StepSchedule& o) {
  fields("boundaries", o.boundaries, required());
  fields("values", o.values, required());
}

template <typename Fields>
void describe(Fields& fields, ExponentialSchedule& o) {
  fields("decay_steps", o.decay_steps, required(count()));
  fields("decay_rate", o.decay_rate, above(0.0));
  fields("staircase", o.staircase);
}

template <typename Fields>
void describe(Fields& fields, CosineSchedule& o) {
  fields("decay_steps", o.decay_steps, required(count()));
  fields("alpha", o.alpha, between(0.0, 1.0));
}

template <typename Fields>
void describe(Fields& fields, PolynomialSchedule& o) {
  fields("decay_steps", o.decay_steps, required(count()));
  fields("end_learning_rate", o.end_learning_rate, at_least(0.0));
  fields("power", o.power, above(0.0));
}

template <typename Fields>
void describe(Fields& fields, ScheduleOptions& o) {
  fields.choice("type", o.kind);
  fields("warmup_steps", o.warmup_steps, at_least(0.0));
}

template <typename Fields>
void describe(Fields& fields, EarlyStoppingOptions& o) {
  fields("monitor", o.monitor);
  fields("patience", o.patience, at_least(0.0));
  fields("min_delta", o.min_delta, at_least(0.0));
  fields("restore_best_weights", o.restore_best_weights);
}

template <typename Fields>
void describe(Fields& fields, ReduceLearningRateOptions& o) {
  fields("monitor", o.monitor);
  fields("factor", o.factor, from_below(0.0, 1.0));
  fields("patience", o.patience, at_least(0.0));
  fields("min_delta", o.min_delta, at_least(0.0));
  fields("min_lr", o.min_lr, at_least(0.0));
}

template <typename Fields>
void describe(Fields& fields, TargetOptions& o) {
  fields("monitor", o.monitor, required());
  fields("value", o.value, required());
}

template <typename Fields>
void describe(Fields& fields, CallbackOptions& o) {
  fields("early_stopping", o.early_stopping);
  fields("reduce_lr_on_plateau", o.reduce_lr_on_plateau);
  fields("target_loss", o.target_loss);
  fields("target_metric", o.target_metric);
  fields("terminate_on_nan", o.terminate_on_nan);
}

template <typename Fields>
void describe(Fields& fields, SlowOptions& o) {
  fields("worker", o.worker, at_least(0.0));
  fields("factor", o.factor, required(at_least(1.0)));
}

template <typename Fields>
void describe(Fields& fields, DebugOptions& o) {
  fields("slow", o.slow);
}

}  // namespace tusk::experiment
