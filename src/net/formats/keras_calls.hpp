// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

#include "net/formats/keras_graph.hpp"

// The dialects in which Keras has written what a layer is called with (keras_graph.hpp lists them).
namespace tusk::formats {

// The tensors of one call. Error(bad_data) that begins with `where` if it is called with something
// else, as with a mask or a number.
std::vector<KerasTensor> read_call(const nlohmann::json& call, const std::string& where);

// A list of tensors, which Keras 3 unwraps if it is one, or an object of them by name.
std::vector<KerasTensor> read_histories(const nlohmann::json& histories);

}  // namespace tusk::formats
