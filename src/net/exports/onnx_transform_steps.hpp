// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <nlohmann/json_fwd.hpp>

#include "net/exports/onnx_graph.hpp"

namespace tusk::exports {

// Rows as transforms see them: (batch, width), in double precision.
struct OnnxRows {
  OnnxGraph::Value value;
  std::size_t width = 0;
};

// What a step of transforms::Transforms, as its JSON has it, makes of rows, in operators of ONNX
// that compute as it does. Error(bad_data) that names a user's. add_transforms() and undo_labels()
// call these.
OnnxRows do_step(OnnxGraph& onnx, const OnnxRows& rows, const nlohmann::json& step);

// The rows of which a step makes these; of the steps that labels may have.
OnnxRows undo_step(OnnxGraph& onnx, const OnnxRows& rows, const nlohmann::json& step);

}  // namespace tusk::exports
