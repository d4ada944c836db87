// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <vector>

#include "tusk/named.hpp"

namespace tusk {

// The formats in which models are written.
enum class ModelFormat { h5, keras, onnx, safetensors };

constexpr auto names_of(ModelFormat) {
  return std::to_array<Named<ModelFormat>>({{"h5", ModelFormat::h5},
                                            {"keras", ModelFormat::keras},
                                            {"onnx", ModelFormat::onnx},
                                            {"safetensors", ModelFormat::safetensors}});
}

// The [output] table.
struct ExportOptions {
  // What a run writes at its end: "h5" is model.h5, which is always there; others stand beside it.
  std::vector<ModelFormat> formats{ModelFormat::h5};

  friend bool operator==(const ExportOptions&, const ExportOptions&) = default;
};

}  // namespace tusk
