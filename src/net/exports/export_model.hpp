// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "experiment/export_options.hpp"

namespace tusk::formats {
struct ModelContent;
}

// Models for other programs. In this room:
//
//   export_model      which formats there are, and a model as a file of one
//   safetensors       the weights by name
//   onnx              the whole model, transforms included, as operators of ONNX: onnx_graph is
//                     what is written, protobuf how; onnx_layers and the files beside it have
//                     what each layer is, onnx_transforms the same of transforms
//
// Who calls: the command export; training::Run at the end of a run, and assemble() before it.
namespace tusk::exports {

// The format that a file's name asks for; none if no format has this suffix.
std::optional<ModelFormat> format_of(const std::string& path);

// ".onnx", as files of this format end.
std::string suffix_of(ModelFormat format);

// Error(bad_data) that names the layer or transform if the format cannot carry the model, whatever
// its weights will be. What .h5 and .keras cannot carry is left out there, and said.
void check_model(ModelFormat format, const formats::ModelContent& content);

// Writes the model. The file appears complete or not at all. Returns what users of the file should
// know. Error(bad_data) that names the layer or transform if the format cannot carry the model,
// Error(cannot_create) or Error(io_error).
std::vector<std::string> write_model(const std::string& path, ModelFormat format,
                                     const formats::ModelContent& content);

}  // namespace tusk::exports
