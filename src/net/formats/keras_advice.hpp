// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "net/formats/keras_graph.hpp"

// What messages about models of Keras's say beside what is wrong with them.
namespace tusk::formats {

// What could be done about a layer of a class that Tusk does not have.
std::string advice_on_class(const std::string& class_name);

// Whether a class stands for an operation of Python's on tensors (`x + 1`, `x[:, 0]`), which
// Keras 2 kept as a layer.
bool is_tensor_operation(const std::string& class_name);

// The same about an activation.
std::string advice_on_activation(const std::string& name);

// Warns of layers that computed in other numbers than float32, by their names: one line for each
// policy ("mixed_float16").
void warn_of_precision(const KerasGraph& graph, const std::string& path);

}  // namespace tusk::formats
