// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <span>
#include <string>

#include "net/layers/make_layer.hpp"
#include "tusk/extensions.hpp"
#include "tusk/options/fields.hpp"

namespace tusk::test {

// A user's layer, for tests of what reads and writes such: it passes its input on.
struct SwishOptions {
  double slope = 1.0;
  bool trained = false;
};

inline void describe(options::Fields& fields, SwishOptions& o) {
  fields("slope", o.slope, options::above(0.0));
  fields("trained", o.trained);
}

inline Extensions with_swish() {
  Extensions extensions{.package = "mylab"};
  extensions.add_layer<SwishOptions>(
      "swish", [](const SwishOptions&, std::span<const Shape> inputs, const std::string& key) {
        return layers::make_layer(ActivationOptions{}, inputs, key);
      });
  return extensions;
}

}  // namespace tusk::test
