// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "options/user_object.hpp"

namespace tusk {

// What a program has beyond Tusk: a list that main() makes and hands to what reads experiments and
// models. There is no other registration.
struct Extensions {
  std::string package;  // stands before the names in model files: "package>swish"
  std::vector<std::shared_ptr<const UserLayerKind>> layers;

  // Adds a layer: `make` gets the options as the struct that they are.
  template <options::Described Options, typename Make>
  void add_layer(std::string name, Make make) {
    UserLayerKind kind;
    kind.package = package;
    kind.name = std::move(name);
    kind.defaults = options::AnyOptions(Options{});
    kind.make = [make = std::move(make)](const options::AnyOptions& options,
                                         std::span<const Shape> inputs, const std::string& key) {
      return make(options.as<Options>(), inputs, key);
    };
    layers.push_back(std::make_shared<const UserLayerKind>(std::move(kind)));
  }
};

// Error(usage) if a name is empty or has anything but a-z, 0-9 and _, or if two objects, or an
// object and one of Tusk's, have the same name, or if a layer has an option called name, trainable
// or dtype, which Keras's layers have already.
void check_names(const Extensions& extensions);

}  // namespace tusk
