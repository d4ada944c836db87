// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <memory>
#include <span>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

#include "tusk/options/user_object.hpp"

namespace tusk::layers {
const Shape& only_input(std::span<const Shape> inputs, const std::string& key);  // tusk/layer.hpp
}

namespace tusk {

// What a program has beyond Tusk: a list that main() makes and hands to what reads experiments and
// models. There is no other registration.
//
// An object is a class with a struct `Options` in it, which has a describe() and the defaults:
//
//   class Scale final : public layers::Layer {
//    public:
//     struct Options {
//       double factor = 1.0;
//       friend void describe(options::Fields& fields, Options& o) { fields("factor", o.factor); }
//     };
//     Scale(const Options& options, const Shape& input);
//     …
//   };
//
//   extensions.add_layer<Scale>("scale");
//
// Each add_… below says with what the class is constructed; that constructor may throw
// Error(bad_experiment). Where an object is no such class, the second add_… of each kind takes its
// struct of options, and a function `make` that returns a pointer to an object.
struct Extensions {
  std::string package = {};  // stands before the names in model files: "package>swish"
  std::vector<std::shared_ptr<const UserLayerKind>> layers = {};
  std::vector<std::shared_ptr<const UserOptimizerKind>> optimizers = {};
  std::vector<std::shared_ptr<const UserStrategyKind>> strategies = {};
  std::vector<std::shared_ptr<const UserLossKind>> losses = {};
  std::vector<std::shared_ptr<const UserTransformKind>> transforms = {};

  // Adds a layer, constructed with its options and the shapes of its inputs, a std::span<const
  // Shape>; or with the one Shape of its only input.
  template <typename Layer>
  void add_layer(std::string name) {
    using Options = typename Layer::Options;
    add_layer<Options>(std::move(name), [](const Options& options, std::span<const Shape> inputs,
                                           const std::string& key) {
      if constexpr (std::is_constructible_v<Layer, const Options&, std::span<const Shape>>) {
        return std::make_unique<Layer>(options, inputs);
      } else {
        return std::make_unique<Layer>(options, layers::only_input(inputs, key));
      }
    });
  }

  // The same by make(options, inputs, key): `key`, as in "model.layers.2", begins messages.
  template <options::Described Options, typename Make>
  void add_layer(std::string name, Make make) {
    auto kind = kind_of<UserLayerKind, Options>(std::move(name));
    kind.make = [make = std::move(make)](const options::AnyOptions& options,
                                         std::span<const Shape> inputs, const std::string& key) {
      return make(options.as<Options>(), inputs, key);
    };
    layers.push_back(std::make_shared<const UserLayerKind>(std::move(kind)));
  }

  // Adds an optimizer, constructed with its options and the optim::CommonOptions that its base
  // class takes. The options may have the constants default_learning_rate and
  // default_weight_decay, for experiments that do not say (otherwise 0.01 and 0), and a function
  // `bool looks_ahead() const`: whether these options make an optimizer with a
  // lookahead() (otherwise none has).
  template <typename Optimizer>
  void add_optimizer(std::string name) {
    using Options = typename Optimizer::Options;
    add_optimizer<Options>(std::move(name),
                           [](const Options& options, const optim::CommonOptions& common) {
                             return std::make_unique<Optimizer>(options, common);
                           });
  }

  // The same by make(options, common).
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

  // Adds a distributed optimizer, constructed with its options and the strategies::Surroundings of
  // one worker. `traits` say where the model lives and what may be asked of the rule. A function
  // `static void check(const Options&, const strategies::RuleSetting&)` of the class throws
  // Error(bad_experiment) where the rule cannot work, before anything starts.
  template <typename Strategy>
  void add_strategy(std::string name, const RuleTraits& traits) {
    using Options = typename Strategy::Options;
    const auto make = [](const Options& options, const strategies::Surroundings& with) {
      return std::make_unique<Strategy>(options, with);
    };
    if constexpr (requires { &Strategy::check; }) {
      add_strategy<Options>(std::move(name), traits, make, &Strategy::check);
    } else {
      add_strategy<Options>(std::move(name), traits, make);
    }
  }

  // The same by make(options, surroundings) and check(options, setting).
  template <options::Described Options, typename Make>
  void add_strategy(
      std::string name, const RuleTraits& traits, Make make,
      std::function<void(const Options&, const strategies::RuleSetting&)> check = {}) {
    auto kind = kind_of<UserStrategyKind, Options>(std::move(name));
    kind.traits = traits;
    kind.make = [make = std::move(make)](const options::AnyOptions& options,
                                         const strategies::Surroundings& with) {
      return make(options.as<Options>(), with);
    };
    if (check) {
      kind.check = [check = std::move(check)](const options::AnyOptions& options,
                                              const strategies::RuleSetting& setting) {
        check(options.as<Options>(), setting);
      };
    }
    strategies.push_back(std::make_shared<const UserStrategyKind>(std::move(kind)));
  }

  // Adds a loss, constructed with its options.
  template <typename Loss>
  void add_loss(std::string name) {
    using Options = typename Loss::Options;
    add_loss<Options>(std::move(name),
                      [](const Options& options) { return std::make_unique<Loss>(options); });
  }

  // The same by make(options).
  template <options::Described Options, typename Make>
  void add_loss(std::string name, Make make) {
    auto kind = kind_of<UserLossKind, Options>(std::move(name));
    kind.make = [make = std::move(make)](const options::AnyOptions& options) {
      return make(options.as<Options>());
    };
    losses.push_back(std::make_shared<const UserLossKind>(std::move(kind)));
  }

  // Adds a transform, constructed with its options. One that learns from the training rows has a
  // function `static std::vector<double> fit(const Options&, const transforms::TrainingRows&)`
  // and is constructed with its options and what that has returned, a std::span<const double>.
  template <typename Transform>
  void add_transform(std::string name) {
    using Options = typename Transform::Options;
    if constexpr (requires { &Transform::fit; }) {
      add_transform<Options>(std::move(name), &Transform::fit,
                             [](const Options& options, std::span<const double> learned) {
                               return std::make_shared<const Transform>(options, learned);
                             });
    } else {
      add_transform<Options>(std::move(name), [](const Options& options) {
        return std::make_shared<const Transform>(options);
      });
    }
  }

  // The same by make(options).
  template <options::Described Options, typename Make>
  void add_transform(std::string name, Make make) {
    auto kind = kind_of<UserTransformKind, Options>(std::move(name));
    kind.make = [make = std::move(make)](const options::AnyOptions& options,
                                         std::span<const double>) {
      return make(options.as<Options>());
    };
    transforms.push_back(std::make_shared<const UserTransformKind>(std::move(kind)));
  }

  // The same for one that learns, by fit(options, rows) and make(options, learned). What it has
  // learned, finite numbers, is kept in the model.
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
