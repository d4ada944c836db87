// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <string>

#include "net/exports/onnx_graph.hpp"
#include "tusk/shape.hpp"

// What transforms (JSON by transforms::Transforms) do, in front of a network, and what those of
// labels undo behind it. onnx_transform_steps does one step.
namespace tusk::exports {

struct OnnxTransforms {
  bool from_float64 = false;  // what the input has to be
  bool are_none = true;       // nothing is done to samples
};
OnnxTransforms look_at(const std::string& transforms);

// The shape of a stored sample of which they make one of shape `input`, where the model does not
// say it: a row, if they add columns or give it a shape.
Shape stored_shape(const std::string& transforms, const Shape& input);

// Adds them to the graph, in double precision; `rows`: the input, of samples of shape `stored`.
// Behind each step numbers are rounded to float32 where samples are kept so
// (transforms::Precision). Returns what the network reads, float32 of shape `input`.
// Error(bad_data) that names the transform if it is a user's.
OnnxGraph::Value add_transforms(OnnxGraph& onnx, const OnnxGraph::Value& rows,
                                const std::string& transforms, const Shape& stored,
                                const Shape& input);

// The predictions of output number `output`, of samples of shape `shape`, with the transforms of
// its labels undone, in double precision. `transforms`: those of the first input, among which they
// stand.
OnnxGraph::Value undo_labels(OnnxGraph& onnx, const OnnxGraph::Value& predictions,
                             const std::string& transforms, std::size_t output, const Shape& shape);

}  // namespace tusk::exports
