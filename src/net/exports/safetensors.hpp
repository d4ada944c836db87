// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

namespace tusk::formats {
struct ModelContent;
}

namespace tusk::exports {

// The weights in the format safetensors (https://github.com/huggingface/safetensors): 8 bytes, the
// length of the header, little-endian; the header, JSON, filled up with spaces to a multiple of 8
// bytes; then the arrays one behind the other, float32, row-major. Arrays are called
// "dense_1.kernel", in the shapes that Keras gives them. The header's `__metadata__`, texts all,
// has Keras's configuration of the layers ("model_config"), and "transforms", "class_names" and
// "columns" as model.h5 has them.
std::string safetensors(const formats::ModelContent& content);

}  // namespace tusk::exports
