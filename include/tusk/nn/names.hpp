// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "tusk/experiment/model_options.hpp"

namespace tusk::nn {

// The names that experiment files, histories and Keras use: "relu", "categorical_crossentropy", ….
const char* name(Activation activation);
const char* name(LossKind loss);
const char* name(MetricKind metric);
const char* name(const LayerOptions& layer);  // its type

}  // namespace tusk::nn
