// SPDX-License-Identifier: Apache-2.0
#include "tusk/io/csv_labels.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <optional>
#include <span>

#include "number_room.hpp"
#include "tusk/core/error.hpp"
#include "tusk/mpi/communicator.hpp"

namespace tusk::io {
namespace {

constexpr double largest_exact_integer = 0x1.0p53;
constexpr std::size_t longest_shown_text = 40;

}  // namespace

void CsvLabels::begin_with(std::string_view cell) { texts_ = !parse_number(cell); }

bool CsvLabels::is_missing(std::string_view cell) const {
  const std::string_view text = trimmed(cell);
  return text.empty() || (missing_.contain(text) && !parse_number(text));
}

double CsvLabels::number_of(std::string_view text, const TextPlace& place) const {
  if (is_missing(text)) {
    fail(ExitCode::bad_data, "{}: the label {}", place.text(),
         text.empty() ? "is empty" : fmt::format("{:?} stands for a missing value", text));
  }
  const std::optional<double> number = parse_number(text);
  if (number.has_value() == texts_) {
    fail(ExitCode::bad_data, "{}: the label {:?} is a {}, but those above are {}", place.text(),
         text.substr(0, longest_shown_text), number ? "number" : "text",
         number ? "texts" : "numbers");
  }
  if (!number) return 0.0;
  const std::string_view shown = text.substr(0, longest_shown_text);
  require_room(*number, text, number_type_,
               [&] { return fmt::format("{}: the label {}", place.text(), shown); });
  if (!std::isfinite(*number)) {
    fail(ExitCode::bad_data, "{}: the label {} is not a finite number", place.text(), shown);
  }
  return *number;
}

void CsvLabels::check(std::string_view cell, const TextPlace& place) const {
  number_of(trimmed(cell), place);
}

void CsvLabels::learn(std::string_view cell, const TextPlace& place) {
  const std::string_view text = trimmed(cell);
  const double number = number_of(text, place);
  if (texts_) return classes_.add(text);
  whole_ = whole_ && number == std::trunc(number);
  lowest_ = std::min(lowest_, number);
  highest_ = std::max(highest_, number);
}

void CsvLabels::unite(const mpi::Communicator& communicator) {
  const std::array<double, 3> mine{whole_ ? 1.0 : 0.0, lowest_, highest_};
  for (const auto& other : communicator.all_gather(std::span<const double>(mine))) {
    whole_ = whole_ && other[0] != 0.0;
    lowest_ = std::min(lowest_, other[1]);
    highest_ = std::max(highest_, other[2]);
  }
  classes_.unite(communicator);
}

ElementType CsvLabels::type() const {
  using Limits = std::numeric_limits<std::int32_t>;
  if (texts_) return ElementType::i32;
  if (!whole_) return number_type_;
  if (lowest_ >= Limits::min() && highest_ <= Limits::max()) return ElementType::i32;
  if (std::max(-lowest_, highest_) <= largest_exact_integer) return ElementType::i64;
  return number_type_;
}

double CsvLabels::encode(std::string_view cell, const TextPlace& place) const {
  const std::string_view text = trimmed(cell);
  const double number = texts_ ? classes_.index_of(text) : number_of(text, place);
  const bool known = texts_ ? number >= 0 : number >= lowest_ && number <= highest_;
  if (!known) fail(ExitCode::bad_data, "{} changed while it was read", place.path);
  return number;
}

}  // namespace tusk::io
