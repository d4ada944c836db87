// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "data/tables/array_header.hpp"
#include "data/tables/python_reader.hpp"

namespace tusk::tables {

// "<f4": byte order, kind and bytes. Nothing if it is not the type of a number that Tusk reads;
// booleans count as u8.
std::optional<StoredNumber> parse_npy_type(std::string_view descr);

// Whether it is one of times or spans of time: "<M8[ns]".
bool is_npy_time(std::string_view descr);

struct RecordLayout {
  std::vector<RecordField> fields;  // without the padding between them
  std::uint64_t bytes = 0;          // of a record
};

// Reads the list of a structured type's fields, up to its closing bracket: [('x', '<f4'), ('y',
// '<i4', (3,)), (('title', 'z'), '<f8'), ('', '|V4')]. Throws Error(bad_data) for records within
// records, for Python objects and for a record above 1 GiB.
RecordLayout read_record_layout(PythonReader& python);

}  // namespace tusk::tables
