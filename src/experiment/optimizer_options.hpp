// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <variant>

#include "experiment/schedule_options.hpp"
#include "tusk/options/user_object.hpp"

namespace tusk {

// The worker's optimizers: names, options and defaults of Keras 3.
struct SgdOptions {
  static constexpr const char* name = "sgd";
  static constexpr double default_learning_rate = 0.01;
  double momentum = 0.0;
  bool nesterov = false;

  // Whether the weights are Nesterov's point ahead, so that Optimizer::lookahead() has a velocity.
  bool looks_ahead() const { return nesterov && momentum > 0.0; }

  friend bool operator==(const SgdOptions&, const SgdOptions&) = default;
};

struct AdagradOptions {
  static constexpr const char* name = "adagrad";
  static constexpr double default_learning_rate = 0.001;
  double initial_accumulator_value = 0.1;
  double epsilon = 1e-7;

  friend bool operator==(const AdagradOptions&, const AdagradOptions&) = default;
};

struct RmspropOptions {
  static constexpr const char* name = "rmsprop";
  static constexpr double default_learning_rate = 0.001;
  double rho = 0.9;
  double momentum = 0.0;
  double epsilon = 1e-7;
  bool centered = false;

  friend bool operator==(const RmspropOptions&, const RmspropOptions&) = default;
};

struct AdamOptions {
  static constexpr const char* name = "adam";
  static constexpr double default_learning_rate = 0.001;
  double beta_1 = 0.9;
  double beta_2 = 0.999;
  double epsilon = 1e-7;
  bool amsgrad = false;

  friend bool operator==(const AdamOptions&, const AdamOptions&) = default;
};

// Adam whose weight decay is 0.004 unless given.
struct AdamwOptions : AdamOptions {
  static constexpr const char* name = "adamw";
  static constexpr double default_weight_decay = 0.004;

  friend bool operator==(const AdamwOptions&, const AdamwOptions&) = default;
};

struct AdadeltaOptions {
  static constexpr const char* name = "adadelta";
  static constexpr double default_learning_rate = 0.001;
  double rho = 0.95;
  double epsilon = 1e-7;

  friend bool operator==(const AdadeltaOptions&, const AdadeltaOptions&) = default;
};

struct AdamaxOptions {
  static constexpr const char* name = "adamax";
  static constexpr double default_learning_rate = 0.001;
  double beta_1 = 0.9;
  double beta_2 = 0.999;
  double epsilon = 1e-7;

  friend bool operator==(const AdamaxOptions&, const AdamaxOptions&) = default;
};

struct NadamOptions {
  static constexpr const char* name = "nadam";
  static constexpr double default_learning_rate = 0.001;
  double beta_1 = 0.9;
  double beta_2 = 0.999;
  double epsilon = 1e-7;

  friend bool operator==(const NadamOptions&, const NadamOptions&) = default;
};

using OptimizerKind =
    std::variant<SgdOptions, AdagradOptions, RmspropOptions, AdamOptions, AdamwOptions,
                 AdadeltaOptions, AdamaxOptions, NadamOptions, UserOptimizer>;

// The [optimizer] table: `name` selects the kind, whose options stand beside the common ones.
struct OptimizerOptions {
  OptimizerKind kind;
  double learning_rate = 0.01;
  double weight_decay = 0.0;       // x −= x · weight_decay · η, before the update; 0: none
  std::optional<double> clipnorm;  // each parameter array's gradient, by its 2-norm
  std::optional<double> global_clipnorm;    // all gradients, by their common 2-norm
  std::optional<double> clipvalue;          // each component to [−clipvalue, clipvalue]
  std::optional<ScheduleOptions> schedule;  // none: the learning rate stays as it is

  friend bool operator==(const OptimizerOptions&, const OptimizerOptions&) = default;
};

inline bool looks_ahead(const OptimizerOptions& optimizer) {
  return std::visit(
      []<typename Kind>(const Kind& kind) {
        if constexpr (options::is_user_object<Kind>) {
          return kind.kind->looks_ahead && kind.kind->looks_ahead(kind.options);
        } else if constexpr (requires { kind.looks_ahead(); }) {
          return kind.looks_ahead();
        } else {
          return false;
        }
      },
      optimizer.kind);
}

// The options of one kind with Keras's learning rate and weight decay for it, or those that a
// user's kind has.
inline OptimizerOptions with_defaults(const OptimizerKind& kind) {
  OptimizerOptions made;
  made.kind = kind;
  const OptimizerDefaults common = std::visit(
      []<typename Kind>(const Kind& k) {
        if constexpr (options::is_user_object<Kind>) {
          return k.kind->common;
        } else {
          return optimizer_defaults<Kind>();
        }
      },
      kind);
  made.learning_rate = common.learning_rate;
  made.weight_decay = common.weight_decay;
  return made;
}

}  // namespace tusk
