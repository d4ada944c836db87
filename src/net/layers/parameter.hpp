// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <string>

#include "core/shape.hpp"
#include "experiment/model_options.hpp"

namespace tusk::layers {

// One parameter array of a model: where it lies in the model's one flat vector of parameters. The
// arrays follow each other without gaps, layer by layer, in the order in which Keras stores them.
struct Parameter {
  std::string layer = {};   // the layer's name in the model: "dense", "dense_1", …
  std::string name = {};    // "kernel" or "bias"
  Shape shape = {};         // Keras's, row-major: (in, out) for a dense kernel, (out,) for its bias
  std::size_t offset = 0;   // of its first element
  std::size_t fan_in = 1;   // for the initializers
  std::size_t fan_out = 1;  // likewise
  InitializerOptions initializer = {};

  std::size_t size() const { return shape.elements(); }
};

}  // namespace tusk::layers
