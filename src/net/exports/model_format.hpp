// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>

#include "tusk/named.hpp"

namespace tusk {

// The formats in which models are written.
enum class ModelFormat { h5, safetensors, onnx };

constexpr auto names_of(ModelFormat) {
  return std::to_array<Named<ModelFormat>>({{"h5", ModelFormat::h5},
                                            {"safetensors", ModelFormat::safetensors},
                                            {"onnx", ModelFormat::onnx}});
}

}  // namespace tusk
