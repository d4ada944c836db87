// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

#include "data/tables/text.hpp"

namespace tusk::tables {

// A line of a libsvm file, "label index:value … # comment": the label as it stands there, and the
// values that are not zero.
struct LibsvmLine {
  struct Entry {
    std::uint64_t column = 0;  // from 0
    double value = 0.0;
  };

  std::string_view label;
  std::vector<Entry> entries;  // by column, each once
};

// Reads a line; false if nothing stands in it but a comment. `base`: what the file calls the first
// column, 0 or 1. Throws Error(bad_data) that says where for anything else than a label and pairs
// in the ascending order of their indices, which the format asks for, and for an index above
// `most_columns`.
bool read_libsvm_line(std::string_view text, int base, std::uint64_t most_columns,
                      const TextPlace& place, LibsvmLine& out);

// The label alone, or "" if there is none; nothing is checked.
std::string_view label_of_libsvm_line(std::string_view text);

// How much the first bytes of a file look like libsvm; recognise_format asks.
enum class Likeness {
  none,
  some,     // its first line of more than a number has pairs, but is malformed or has a text label
  certain,  // in that line a number is followed by nothing but pairs
};

// `is_all`: these bytes are the whole file.
Likeness likeness_to_libsvm(std::string_view first_bytes, bool is_all);

}  // namespace tusk::tables
