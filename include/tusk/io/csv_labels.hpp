// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "tusk/io/csv_reader.hpp"
#include "tusk/io/element_type.hpp"

namespace tusk::io {

// The label column of a CSV file: learns from all its cells what they are, then turns them into
// numbers. Whole numbers are i32 (i64 if they do not fit); other numbers have the type given; texts
// are class indices in the texts' order, i32. Spaces around a text do not count.
class CsvLabels {
 public:
  explicit CsvLabels(ElementType number_type) : number_type_(number_type) {}

  // Error(bad_data), which says where, for an empty cell or a number that is not finite, for
  // numbers and texts in one column, and for more than 65,536 different texts.
  void learn(std::string_view cell, const CsvReader& at);

  // Once every cell has been learned; then the others may be called.
  void finish();

  ElementType type() const;
  std::vector<std::string> class_names() const;  // empty for numbers
  double encode(std::string_view cell) const;    // the number, or the class index of the text

 private:
  enum class Kind { unknown, numbers, texts };

  ElementType number_type_;
  Kind kind_ = Kind::unknown;
  bool whole_ = true;  // all numbers so far are integers
  double lowest_ = 0.0;
  double highest_ = 0.0;
  std::map<std::string, std::int32_t, std::less<>> classes_;
};

}  // namespace tusk::io
