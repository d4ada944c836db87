// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "net/formats/model_file.hpp"

namespace tusk::formats {

// How far a computation is from Keras's, each in the largest number of an array.
struct CaseErrors {
  double outputs = 0.0;
  double gradients = 0.0;
  double trained = 0.0;  // the weights after some steps

  double largest() const;
};

// Computes a case that tests/python/layer_cases.py wrote: a model file of Keras's with a group
// `case` of inputs, targets and what Keras makes of them.
CaseErrors compute_case(const std::string& path, ModelContent& content);

}  // namespace tusk::formats
