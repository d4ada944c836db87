// SPDX-License-Identifier: Apache-2.0
#include "tusk/extensions.hpp"

#include <algorithm>
#include <initializer_list>

#include "options/describe.hpp"
#include "options/key_list.hpp"
#include "tusk/error.hpp"

namespace tusk {
namespace {

void check_word(const std::string& word, const char* what) {
  const bool plain = !word.empty() && std::ranges::all_of(word, [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_';
  });
  if (!plain) {
    fail(ExitCode::usage, "the extensions' {} '{}' may have letters a to z, digits and _ only",
         what, word);
  }
}

// Checks that no option of a user's is called as another in its table, which `keys` lists.
void check_keys(const std::vector<std::string>& keys, const UserKind& kind, const char* what) {
  for (const std::string& key : keys) {
    if (std::ranges::count(keys, key) > 1) {
      fail(ExitCode::usage, "the extensions' {} '{}' may not have an option '{}'", what, kind.name,
           key);
    }
  }
}

template <options::Described Options>
std::vector<std::string> keys_of(Options options) {
  options::KeyList list;
  describe(list, options);
  return list.keys;
}

void check_layer(const std::shared_ptr<const UserLayerKind>& kind) {
  std::vector<std::string> keys = keys_of(LayerOptions{UserLayer{kind, kind->defaults}});
  // What every layer has beside its options, in an experiment or in Keras's configuration.
  keys.insert(keys.end(), {"name", "inputs", "trainable", "use", "dtype"});
  check_keys(keys, *kind, "layer");
}

// Of a loss or a transform, whose table has its type beside the options.
void check_beside_type(const UserKind& kind, const char* what) {
  std::vector<std::string> keys = keys_of(kind.defaults);
  keys.emplace_back("type");
  check_keys(keys, kind, what);
}

void check_optimizer(const std::shared_ptr<const UserOptimizerKind>& kind) {
  check_keys(keys_of(OptimizerOptions{.kind = UserOptimizer{kind, kind->defaults}}), *kind,
             "optimizer");
}

void check_strategy(const std::shared_ptr<const UserStrategyKind>& kind) {
  check_keys(keys_of(TrainerOptions{.strategy = UserStrategy{kind, kind->defaults}}), *kind,
             "strategy");
  const RuleTraits& traits = kind->traits;
  const auto refuse = [&](const char* why) {
    fail(ExitCode::usage, "the extensions' strategy '{}' {}", kind->name, why);
  };
  if (traits.topology == Topology::independent) {
    refuse("has the topology of an ensemble, whose members train as 'single' does");
  }
  if (traits.center_momentum && (traits.topology != Topology::parameter_server ||
                                 traits.consistency != Consistency::snapshot)) {
    refuse("moves a center's momentum, which needs a parameter server and consistency snapshot");
  }
  if (traits.topology == Topology::parameter_server) return;
  if (traits.overlaps) refuse("overlaps exchanges with a parameter server that it does not have");
  if (traits.consistency) refuse("asks for a parameter server's consistency, but has none");
}

// Checks the names of a variant's alternatives, Tusk's own and the user's.
void check_alternatives(const options::Choice& choice, std::size_t users, const char* what) {
  std::vector<std::string> taken;
  const std::size_t own = choice.alternatives.size() - users;
  for (std::size_t i = 0; i < choice.alternatives.size(); ++i) {
    const options::Choice::Alternative& alternative = choice.alternatives[i];
    if (i >= own) {
      check_word(alternative.name, what);
      if (std::ranges::count(taken, alternative.name) > 0) {
        fail(ExitCode::usage, "the extensions' {} '{}' has the name of another", what,
             alternative.name);
      }
    }
    taken.push_back(alternative.name);
    taken.insert(taken.end(), alternative.aliases.begin(), alternative.aliases.end());
  }
}

}  // namespace

void check_names(const Extensions& extensions) {
  const std::size_t objects = extensions.layers.size() + extensions.losses.size() +
                              extensions.optimizers.size() + extensions.strategies.size() +
                              extensions.transforms.size();
  if (objects > 0) check_word(extensions.package, "package");
  LayerOptions layer;
  check_alternatives(options::choice_of(layer, extensions.layers), extensions.layers.size(),
                     "layer");
  for (const auto& kind : extensions.layers) check_layer(kind);
  OptimizerKind optimizer;
  check_alternatives(options::choice_of(optimizer, extensions.optimizers),
                     extensions.optimizers.size(), "optimizer");
  for (const auto& kind : extensions.optimizers) check_optimizer(kind);
  StrategyOptions strategy;
  check_alternatives(options::choice_of(strategy, extensions.strategies),
                     extensions.strategies.size(), "strategy");
  for (const auto& kind : extensions.strategies) check_strategy(kind);
  LossOptions loss;
  check_alternatives(options::choice_of(loss, extensions.losses), extensions.losses.size(), "loss");
  for (const auto& kind : extensions.losses) check_beside_type(*kind, "loss");
  TransformOptions transform;
  check_alternatives(options::choice_of(transform, extensions.transforms),
                     extensions.transforms.size(), "transform");
  for (const auto& kind : extensions.transforms) check_beside_type(*kind, "transform");
}

const Extensions& options::Fields::no_extensions() {
  static const Extensions none;
  return none;
}

}  // namespace tusk
