// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "tusk/options/user_object.hpp"

namespace tusk {

// What a program has beyond Tusk: a list that main() makes and hands to what reads experiments and
// models. There is no other registration.
struct Extensions {
  std::string package;  // stands before the names in model files: "package>swish"
  std::vector<std::shared_ptr<const UserLayerKind>> layers;
  std::vector<std::shared_ptr<const UserOptimizerKind>> optimizers;
  std::vector<std::shared_ptr<const UserStrategyKind>> strategies;
  std::vector<std::shared_ptr<const UserLossKind>> losses;
  std::vector<std::shared_ptr<const UserTransformKind>> transforms;

  // Adds a layer: `make` gets the options as the struct that they are.
  template <options::Described Options, typename Make>
  void add_layer(std::string name, Make make) {
    auto kind = kind_of<UserLayerKind, Options>(std::move(name));
    kind.make = [make = std::move(make)](const options::AnyOptions& options,
                                         std::span<const Shape> inputs, const std::string& key) {
      return make(options.as<Options>(), inputs, key);
    };
    layers.push_back(std::make_shared<const UserLayerKind>(std::move(kind)));
  }

  // Adds an optimizer: `make` gets its options and the optim::CommonOptions that its base class
  // takes. The options may say what Tusk's own say (experiment/optimizer_options.hpp):
  // default_learning_rate, default_weight_decay and looks_ahead().
  template <options::Described Options, typename Make>
  void add_optimizer(std::string name, Make make) {
    auto kind = kind_of<UserOptimizerKind, Options>(std::move(name));
    kind.common = optimizer_defaults<Options>();
    if constexpr (requires(const Options& options) { options.looks_ahead(); }) {
      kind.looks_ahead = [](const options::AnyOptions& options) {
        return options.as<Options>().looks_ahead();
      };
    }
    kind.make = [make = std::move(make)](const options::AnyOptions& options,
                                         const optim::CommonOptions& common) {
      return make(options.as<Options>(), common);
    };
    optimizers.push_back(std::make_shared<const UserOptimizerKind>(std::move(kind)));
  }

  // Adds a distributed optimizer. `traits` say where the model lives and what may be asked of the
  // rule; `make` gets its options and the strategies::Surroundings of one worker.
  template <options::Described Options, typename Make>
  void add_strategy(std::string name, const RuleTraits& traits, Make make) {
    auto kind = kind_of<UserStrategyKind, Options>(std::move(name));
    kind.traits = traits;
    kind.make = [make = std::move(make)](const options::AnyOptions& options,
                                         const strategies::Surroundings& with) {
      return make(options.as<Options>(), with);
    };
    strategies.push_back(std::make_shared<const UserStrategyKind>(std::move(kind)));
  }

  // Adds a loss: make(const Options&) returns a std::unique_ptr<graph::Loss>.
  template <options::Described Options, typename Make>
  void add_loss(std::string name, Make make) {
    auto kind = kind_of<UserLossKind, Options>(std::move(name));
    kind.make = [make = std::move(make)](const options::AnyOptions& options) {
      return make(options.as<Options>());
    };
    losses.push_back(std::make_shared<const UserLossKind>(std::move(kind)));
  }

  // Adds a transform that learns nothing: make(const Options&) returns a pointer to a
  // transforms::Transform.
  template <options::Described Options, typename Make>
  void add_transform(std::string name, Make make) {
    auto kind = kind_of<UserTransformKind, Options>(std::move(name));
    kind.make = [make = std::move(make)](const options::AnyOptions& options,
                                         std::span<const double>) {
      return make(options.as<Options>());
    };
    transforms.push_back(std::make_shared<const UserTransformKind>(std::move(kind)));
  }

  // Adds a transform that learns: fit(const Options&, const transforms::TrainingRows&) returns what
  // it has learned, finite numbers, as a std::vector<double>. They are kept in the model, and
  // make(const Options&, std::span<const double>) returns the transform of them.
  template <options::Described Options, typename Fit, typename Make>
  void add_transform(std::string name, Fit fit, Make make) {
    auto kind = kind_of<UserTransformKind, Options>(std::move(name));
    kind.fit = [fit = std::move(fit)](const options::AnyOptions& options,
                                      const transforms::TrainingRows& rows) {
      return fit(options.as<Options>(), rows);
    };
    kind.make = [make = std::move(make)](const options::AnyOptions& options,
                                         std::span<const double> learned) {
      return make(options.as<Options>(), learned);
    };
    transforms.push_back(std::make_shared<const UserTransformKind>(std::move(kind)));
  }

 private:
  template <typename Kind, typename Options>
  Kind kind_of(std::string name) const {
    Kind kind;
    kind.package = package;
    kind.name = std::move(name);
    kind.defaults = options::AnyOptions(Options{});
    return kind;
  }
};

// Error(usage) if a name is empty or has anything but a-z, 0-9 and _, or if two objects, or an
// object and one of Tusk's, have the same name, if an option is called as one that stands beside it
// already (an optimizer's learning_rate, a trainer's epochs, a layer's, loss's or transform's type,
// and name, inputs, trainable, use and dtype, which every layer has), or if a strategy has traits
// that do not go together.
void check_names(const Extensions& extensions);

}  // namespace tusk
