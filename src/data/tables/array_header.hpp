// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "core/stored_number.hpp"

namespace tusk::tables {

// A field of a record, which is what an array of a structured NumPy type holds.
struct RecordField {
  std::string name;
  std::string descr;                        // NumPy's name of its type: "<f4"
  std::optional<StoredNumber> number = {};  // none: a text, a date, …
  std::uint64_t offset = 0;                 // bytes, from the record's start
  std::uint64_t count = 1;                  // above 1 for an array within the record

  friend bool operator==(const RecordField&, const RecordField&) = default;
};

// What the header of an array file (IDX, NPY) declares, unchecked: its elements follow it.
struct ArrayHeader {
  StoredNumber number;
  bool fortran_order = false;          // the first index runs fastest; else the last one
  std::vector<std::uint64_t> extents;  // [rows, …]
  std::uint64_t bytes = 0;             // of the header itself

  // The fields of a record, if the elements are records: then the array is taken as one of bytes,
  // and extents are [rows, bytes of a record]. Empty for numbers.
  std::vector<RecordField> record_fields;
};

}  // namespace tusk::tables
