// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <optional>
#include <string>

namespace tusk {

// What is watched in the callbacks below is a score of an epoch by the name that metrics.jsonl
// gives it: "loss", "val_loss", "accuracy", "val_accuracy" …. Accuracy is better when it is larger,
// everything else when it is smaller.

// Stops when the score has not improved by more than min_delta for `patience` epochs (Keras's
// EarlyStopping, names and defaults).
struct EarlyStoppingOptions {
  std::string monitor = "val_loss";
  std::size_t patience = 0;
  double min_delta = 0.0;
  bool restore_best_weights = false;  // the model of the best epoch instead of the last

  friend bool operator==(const EarlyStoppingOptions&, const EarlyStoppingOptions&) = default;
};

// Multiplies every worker's learning rate with `factor`, though not below min_lr, when the score
// has not improved for `patience` epochs (Keras's ReduceLROnPlateau).
struct ReduceLearningRateOptions {
  std::string monitor = "val_loss";
  double factor = 0.1;
  std::size_t patience = 10;
  double min_delta = 1e-4;
  double min_lr = 0.0;

  friend bool operator==(const ReduceLearningRateOptions&,
                         const ReduceLearningRateOptions&) = default;
};

// Stops when the score is at least as good as `value`.
struct TargetOptions {
  std::string monitor;
  double value = 0.0;

  friend bool operator==(const TargetOptions&, const TargetOptions&) = default;
};

// The [callbacks] table: what rank 0 does at the end of an epoch.
struct CallbackOptions {
  std::optional<EarlyStoppingOptions> early_stopping;
  std::optional<ReduceLearningRateOptions> reduce_lr_on_plateau;
  std::optional<double> target_loss;  // of the validation set, if there is one
  std::optional<TargetOptions> target_metric;
  // Whether a NaN or Inf in an epoch's scores ends the run as diverged; otherwise it counts as no
  // improvement. One in a worker's own loss or weights always does: it must not reach the center.
  bool terminate_on_nan = true;

  friend bool operator==(const CallbackOptions&, const CallbackOptions&) = default;
};

}  // namespace tusk
