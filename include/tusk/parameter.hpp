// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <functional>
#include <string>

#include "tusk/random.hpp"
#include "tusk/real.hpp"
#include "tusk/shape.hpp"

namespace tusk::layers {

// What becomes of a parameter in training.
enum class Role {
  trained,    // the optimizer moves it by its gradient, and the workers' exchange carries it
  statistic,  // a moving average, as batch normalization's mean: the layer updates it in training
              // passes; it has no gradient, and no optimizer touches it
};

struct Parameter;

// Writes the initial values of an array, drawing from `random`, which is the array's own sequence.
using Initializer = std::function<void(const Parameter& parameter, Random& random, Span values)>;

// One parameter array of a layer, and where it lies in the model's one flat vector of parameters.
// The arrays follow each other without gaps, layer by layer, in the order in which Keras stores
// them.
struct Parameter {
  std::string layer = {};        // the layer's name in the model: "dense", "dense_1", …
  std::string name = {};         // "kernel" or "bias"
  Shape shape = {};              // Keras's, row-major: (in, out) for a dense kernel, (out,) for
                                 // its bias
  std::size_t offset = 0;        // where its first element lies in the flat vector
  std::size_t fan_in = 1;        // how many inputs an output sees, and
  std::size_t fan_out = 1;       // how many outputs an input: for initializers that ask
  Initializer initializer = {};  // without one it starts at zeros
  Role role = Role::trained;
  double momentum = 1.0;  // of a statistic: the share of it that a step keeps, as the layer says;
                          // an exchange goes by it (1: what steps do to it adds up)
  bool frozen = false;    // it keeps its values: no gradient, no update

  std::size_t size() const { return shape.elements(); }
};

// Keras 3's initializer of this name, with Keras's defaults: "zeros", "ones", "random_uniform",
// "random_normal", "truncated_normal", "glorot_uniform", "glorot_normal", "he_uniform",
// "he_normal", "lecun_uniform", "lecun_normal", "orthogonal". Error(internal) for any other name.
Initializer named_initializer(const std::string& name);

}  // namespace tusk::layers
