// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <variant>

#include "experiment/schedule_options.hpp"

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

using OptimizerKind = std::variant<SgdOptions, AdagradOptions, RmspropOptions, AdamOptions,
                                   AdamwOptions, AdadeltaOptions, AdamaxOptions, NadamOptions>;

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

inline bool looks_ahead(const OptimizerOptions& options) {
  return std::visit(
      [](const auto& kind) {
        if constexpr (requires { kind.looks_ahead(); }) return kind.looks_ahead();
        return false;
      },
      options.kind);
}

// The options of one kind with Keras's learning rate and weight decay for it.
inline OptimizerOptions with_defaults(const OptimizerKind& kind) {
  OptimizerOptions options;
  options.kind = kind;
  std::visit([&](const auto& k) { options.learning_rate = k.default_learning_rate; }, kind);
  if (std::holds_alternative<AdamwOptions>(kind)) {
    options.weight_decay = AdamwOptions::default_weight_decay;
  }
  return options;
}

}  // namespace tusk
