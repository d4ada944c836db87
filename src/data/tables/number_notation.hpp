// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace tusk::tables {

// How a text file writes numbers, where that is not 1234.5e6: what `convert` can be told. Features
// and labels are read so.
struct NumberNotation {
  char decimal = '.';
  char thousands = '\0';  // between groups of three digits; none
  bool fortran = false;   // 1.5D+05 and 1.5+05 are 1.5e+05
  bool booleans = false;  // of features: True and False, in any case, are 1 and 0

  bool is_plain() const;

  // Throws Error(usage) if the two separators are the same, or none that numbers have.
  void check() const;

  // The number as parse_number() reads it, in `room` where it has to be written anew; nothing if
  // the text is no number in this notation. What is not written with digits ("nan", "inf") is left
  // as it is.
  std::optional<std::string_view> plain(std::string_view text, std::string& room) const;

  friend bool operator==(const NumberNotation&, const NumberNotation&) = default;
};

// The options that would read a text as a number, if it is one in another notation than 1234.5e6:
// "'--decimal ,'"; "" if it is none. `now`: the notation that did not.
std::string option_for_number(std::string_view text, const NumberNotation& now = {});

// What may help with a cell that is no number: the option that reads it, or says what it is;
// "" if it is just a text. `column`: its name, for options that take it.
std::string advice_on_cell(std::string_view text, std::string_view column,
                           const NumberNotation& now = {});

// What may help with a row that was expected to have more columns: "'--delimiter ;'", if it looks
// like one with another delimiter; "" if it does not.
std::string advice_on_delimiter(std::string_view row, char delimiter);

// Whether a text is one of those that people write for a missing value, as "NA" is.
bool spells_missing(std::string_view text);

// Whether a text says true or false, in any case: "1" or "0" if it does.
std::optional<std::string_view> parse_boolean(std::string_view text);

}  // namespace tusk::tables
