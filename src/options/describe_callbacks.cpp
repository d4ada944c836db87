// SPDX-License-Identifier: Apache-2.0
#include "options/describe.hpp"

// The [callbacks] table.
namespace tusk {

using namespace options;

void describe(Fields& fields, EarlyStoppingOptions& o) {
  fields("monitor", o.monitor);
  fields("patience", o.patience, at_least(0.0));
  fields("min_delta", o.min_delta, at_least(0.0));
  fields("restore_best_weights", o.restore_best_weights);
}

void describe(Fields& fields, ReduceLearningRateOptions& o) {
  fields("monitor", o.monitor);
  fields("factor", o.factor, from_below(0.0, 1.0));
  fields("patience", o.patience, at_least(0.0));
  fields("min_delta", o.min_delta, at_least(0.0));
  fields("min_lr", o.min_lr, at_least(0.0));
}

void describe(Fields& fields, TargetOptions& o) {
  fields("monitor", o.monitor, required());
  fields("value", o.value, required());
}

void describe(Fields& fields, CallbackOptions& o) {
  fields("early_stopping", o.early_stopping);
  fields("reduce_lr_on_plateau", o.reduce_lr_on_plateau);
  fields("target_loss", o.target_loss);
  fields("target_metric", o.target_metric);
  fields("terminate_on_nan", o.terminate_on_nan);
}

}  // namespace tusk
