// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

namespace tusk::formats {
struct ModelContent;
}

namespace tusk::exports {

// The model as a file of ONNX (https://onnx.ai): operators of opset 17, IR version 8. Its inputs
// and outputs have the names of the model's; the batch is their first axis, of any size. It takes
// rows as they are stored: the transforms stand in front of the first layer, computed in double
// precision as here; where they learned from float64 or wide integers, the input is float64, else
// float32. A row that Tusk refuses (a NaN, an unknown category) leaves NaN. Transforms of labels
// are undone behind the outputs, as in predictions.
//
// `notes`: what users of the file should know. Error(bad_data) that names the layer or transform if
// ONNX has nothing for it.
std::string onnx(const formats::ModelContent& content, std::vector<std::string>& notes);

}  // namespace tusk::exports
