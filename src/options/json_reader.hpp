// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>

#include "tusk/options/fields.hpp"

namespace tusk::options {

// Reads the options that `json`, an object, has; the others stay as they are. net/formats calls it
// for layers in model files. null counts as not given, and a key that is not described is passed
// over: unlike an experiment file, which a person writes, a model file says more than we ask for,
// and gives options that have no effect.
//
// Error(bad_data) that begins with `where` if an option is of another type or breaks its rule, or a
// required one is not there: "m.h5: layer 'out' (Dropout) has rate 1.5; it must be at least 0 and
// below 1".
void read_json(const nlohmann::json& json, const Table& table, const std::string& where);

}  // namespace tusk::options
