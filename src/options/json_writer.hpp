// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <nlohmann/json_fwd.hpp>

#include "tusk/options/fields.hpp"

namespace tusk::options {

// What happens to an option that may not be given where the others are as they are.
enum class Unused { left_out, written };

// Adds the options to `json`, an object, in the order of their description; an optional without a
// value is left out. `unused` is for the options of the struct itself, not for those of structs in
// it, whose unused options are left out. read_json() makes equal options of it.
void write_json(nlohmann::ordered_json& json, const Table& table, Unused unused = Unused::left_out);

}  // namespace tusk::options
