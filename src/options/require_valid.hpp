// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "tusk/options/fields.hpp"

namespace tusk::options {

// What require_valid() does, for a struct whose type is not known.
void require_valid_table(const Table& table, const std::string& key);

// For make() of a layer, say, whose options need not come from a file: throws Error(bad_experiment)
// if an option breaks its rule in describe(), as "model.layers.2.rate must be at least 0 and below
// 1, but is 1.5". `key` is what the options are called: "model.layers.2". An option that may not be
// given where others are as they are is not looked at: it has no effect.
template <Described Options>
void require_valid(Options options, const std::string& key) {
  require_valid_table(table_of(options), key);
}

}  // namespace tusk::options
