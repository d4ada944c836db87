// SPDX-License-Identifier: Apache-2.0
#include "options/extensions.hpp"

#include <algorithm>

#include "core/error.hpp"
#include "options/describe.hpp"
#include "options/key_list.hpp"

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

// What every layer has in Keras's configuration beside its options.
void check_keys(const UserLayerKind& kind) {
  options::AnyOptions defaults = kind.defaults;
  options::KeyList list;
  describe(list, defaults);
  for (const char* key : {"name", "trainable", "dtype"}) {
    if (std::ranges::count(list.keys, key) > 0) {
      fail(ExitCode::usage, "the extensions' layer '{}' may not have an option '{}'", kind.name,
           key);
    }
  }
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
  const std::size_t objects = extensions.layers.size();
  if (objects > 0) check_word(extensions.package, "package");
  LayerOptions layer;
  check_alternatives(options::choice_of(layer, extensions.layers), extensions.layers.size(),
                     "layer");
  for (const auto& kind : extensions.layers) check_keys(*kind);
}

const Extensions& options::Fields::no_extensions() {
  static const Extensions none;
  return none;
}

}  // namespace tusk
