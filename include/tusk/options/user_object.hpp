// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <memory>
#include <span>
#include <string>
#include <variant>
#include <vector>

#include "tusk/options/any_options.hpp"
#include "tusk/rule_traits.hpp"
#include "tusk/shape.hpp"

namespace tusk::layers {
class Layer;
}
namespace tusk::graph {
class Loss;
}
namespace tusk::transforms {
class TrainingRows;
class Transform;
}  // namespace tusk::transforms

namespace tusk::optim {
class Optimizer;
struct CommonOptions;
}  // namespace tusk::optim

namespace tusk::strategies {
class Strategy;
struct RuleSetting;
struct Surroundings;
}  // namespace tusk::strategies

namespace tusk {

// A user's kind of something that Tusk has kinds of, as Extensions lists it.
struct UserKind {
  std::string package;           // whose it is
  std::string name;              // in experiment files: "swish"; in model files "package>swish"
  options::AnyOptions defaults;  // the options of one, as describe() finds them

  std::string full_name() const { return package + ">" + name; }
};

struct UserLayerKind : UserKind {
  // Makes the layer, with the contract of layers::make_layer(), which calls it.
  std::function<std::unique_ptr<layers::Layer>(
      const options::AnyOptions& options, std::span<const Shape> inputs, const std::string& key)>
      make;
};

// What an optimizer's learning rate and weight decay are where the experiment does not say.
struct OptimizerDefaults {
  double learning_rate = 0.01;
  double weight_decay = 0.0;
};

// Those of a kind: the constants default_learning_rate and default_weight_decay of its options, if
// they have them.
template <typename Options>
constexpr OptimizerDefaults optimizer_defaults() {
  OptimizerDefaults defaults;
  if constexpr (requires { Options::default_learning_rate; }) {
    defaults.learning_rate = Options::default_learning_rate;
  }
  if constexpr (requires { Options::default_weight_decay; }) {
    defaults.weight_decay = Options::default_weight_decay;
  }
  return defaults;
}

struct UserOptimizerKind : UserKind {
  OptimizerDefaults common;
  std::function<bool(const options::AnyOptions& options)> looks_ahead;  // none: never
  // As optim::make_optimizer().
  std::function<std::unique_ptr<optim::Optimizer>(const options::AnyOptions& options,
                                                  const optim::CommonOptions& common)>
      make;
};

struct UserStrategyKind : UserKind {
  RuleTraits traits;
  // As strategies::make_strategy().
  std::function<std::unique_ptr<strategies::Strategy>(const options::AnyOptions& options,
                                                      const strategies::Surroundings& with)>
      make;
  // Throws Error(bad_experiment) where the rule cannot work. Called before the run starts, on every
  // rank. Empty: it always can.
  std::function<void(const options::AnyOptions& options, const strategies::RuleSetting& setting)>
      check;
};

struct UserLossKind : UserKind {
  std::function<std::unique_ptr<graph::Loss>(const options::AnyOptions& options)> make;
};

struct UserTransformKind : UserKind {
  // Collective, with the same result on every rank: what one learns of the training rows. Empty for
  // a transform that learns nothing.
  std::function<std::vector<double>(const options::AnyOptions& options,
                                    const transforms::TrainingRows& rows)>
      fit;
  // The transform with what it has learned: after fit(), and whenever a model file is read.
  // Error(bad_data) if this is nothing that it can have learned.
  std::function<std::shared_ptr<const transforms::Transform>(const options::AnyOptions& options,
                                                             std::span<const double> learned)>
      make;
};

// One of a user's objects, as an option: the alternative of LayerOptions and its like beside those
// that Tusk has itself. The kind outlives the program's start; an object that was made by default
// has none, and stands for nothing.
template <typename Kind>
struct UserObject {
  std::shared_ptr<const Kind> kind;
  options::AnyOptions options;

  friend bool operator==(const UserObject&, const UserObject&) = default;
};

using UserLayer = UserObject<UserLayerKind>;
using UserOptimizer = UserObject<UserOptimizerKind>;
using UserStrategy = UserObject<UserStrategyKind>;
using UserLoss = UserObject<UserLossKind>;
using UserTransform = UserObject<UserTransformKind>;

namespace options {

// What selects this struct among a variant's: { type = "dense" }, name = "adam".
template <typename Kind>
constexpr const char* tag_of() {
  if constexpr (requires { Kind::type; }) {
    return Kind::type;
  } else {
    return Kind::name;
  }
}

template <typename Kind>
inline constexpr bool is_user_object = false;
template <typename Kind>
inline constexpr bool is_user_object<UserObject<Kind>> = true;

// What selects the alternative that the variant holds: "dense", or the name of a user's kind.
template <typename... Kinds>
std::string selected_name(const std::variant<Kinds...>& variant) {
  return std::visit(
      []<typename Kind>(const Kind& options) -> std::string {
        if constexpr (is_user_object<Kind>) {
          return options.kind->name;
        } else {
          return tag_of<Kind>();
        }
      },
      variant);
}

}  // namespace options

}  // namespace tusk
