// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/element_type.hpp"
#include "data/tables/missing_texts.hpp"
#include "data/tables/text.hpp"
#include "data/tables/text_classes.hpp"

namespace tusk::tables {

// The label column of a text file: learns from all its cells what they are, then turns them into
// numbers. Whole numbers are i32 (i64 if they do not fit); other numbers have the type given, f64
// instead of f32 if that would round a whole number among them; texts are class indices in the
// texts' order, i32. Spaces around a text do not count.
//
// What is written with digits alone counts something or names it, and is never rounded; 1.5e20 is a
// measured number, and may be.
class TextLabels {
 public:
  // `missing`: texts that are no label, as an empty cell is none; numbers among them are for
  // features, since 0 is a usual class. `column`: its name for messages, if it has one.
  explicit TextLabels(ElementType number_type, MissingTexts missing = {}, std::string column = {})
      : number_type_(number_type), missing_(std::move(missing)), column_(std::move(column)) {}

  // Whether the cell is empty or one of the texts for a missing value.
  bool is_missing(std::string_view cell) const;

  // Whether the column holds numbers or texts: what this cell is, its first. The same on every
  // rank.
  void begin_with(std::string_view cell);

  // Error(bad_data), which says where, for a missing label or a number that is not finite in the
  // type given, and for a text in a column of numbers or the other way round.
  void check(std::string_view cell, const TextPlace& place) const;

  // The same check; then learns the cell.
  void learn(std::string_view cell, const TextPlace& place);

  // Too many different texts to be classes (TextClasses says when).
  bool too_many() const { return classes_.too_many(); }

  // Collective: afterwards every rank knows what all ranks have learned.
  void unite(const mpi::Communicator& communicator);

  // Once every cell has been learned; then the others may be called.
  void finish() { classes_.finish(); }

  ElementType type() const;
  std::vector<std::string> class_names() const { return classes_.names(); }  // empty for numbers

  // Writes the number, or the class index of the text, as an element of type(), and moves `out`
  // behind it. Error(bad_data) for what was never learned, and for a whole number that would be
  // rounded.
  void write(std::string_view cell, const TextPlace& place, std::byte*& out) const;

 private:
  struct Number {
    double value = 0.0;
    std::optional<std::int64_t> whole;  // the same, exactly, if it is an integer
  };

  Number number_of(std::string_view text, const TextPlace& place) const;  // 0 for a text
  void require_exact(std::string_view text, double value, const TextPlace& place) const;

  ElementType number_type_;
  MissingTexts missing_;
  std::string column_;
  bool texts_ = false;
  bool whole_ = true;          // all numbers so far are integers that i64 holds
  bool needs_double_ = false;  // one of them is an integer that f32 would round
  double lowest_ = 0.0;
  double highest_ = 0.0;
  TextClasses classes_;
};

}  // namespace tusk::tables
