// SPDX-License-Identifier: Apache-2.0
#include "data/tables/text_labels.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <limits>
#include <optional>
#include <span>

#include "core/utf8.hpp"
#include "data/tables/number_notation.hpp"
#include "data/tables/number_room.hpp"
#include "data/tables/time_text.hpp"
#include "data/tables/write_element.hpp"
#include "mpi/communicator.hpp"
#include "tusk/error.hpp"

namespace tusk::tables {
namespace {

constexpr std::size_t longest_shown_label = 40;

std::string_view without_plus(std::string_view text) {
  return text.substr(text.starts_with('+') ? 1 : 0);
}

// The integer that a number is, if i64 holds it: one written with digits alone exactly, another as
// its double has it.
std::optional<std::int64_t> whole_number(std::string_view text, double value) {
  text = without_plus(text);
  std::int64_t whole = 0;
  const char* const last = text.data() + text.size();
  const auto [end, error] = std::from_chars(text.data(), last, whole);
  if (end == last && error == std::errc()) return whole;
  if (value != std::trunc(value) || std::abs(value) >= 0x1.0p53) return {};
  return static_cast<std::int64_t>(value);
}

}  // namespace

void TextLabels::begin_with(std::string_view cell) { texts_ = !parse_number(cell); }

bool TextLabels::is_missing(std::string_view cell) const {
  const std::string_view text = trimmed(cell);
  return text.empty() || (missing_.contain(text) && !parse_number(text));
}

TextLabels::Number TextLabels::number_of(std::string_view text, const TextPlace& place) const {
  if (is_missing(text)) {
    fail(ExitCode::bad_data, "{}: the label {}", place.text(),
         text.empty() ? "is empty" : fmt::format("{:?} stands for a missing value", text));
  }
  const std::optional<double> number = parse_number(text);
  if (number.has_value() == texts_) {
    const bool feature_alone =
        parse_boolean(text) || parse_time(text);  // labels of these are texts
    const std::string advice = number || feature_alone ? "" : advice_on_cell(text, column_);
    fail(ExitCode::bad_data, "{}: the label {:?} is a {}, but those above are {}{}{}", place.text(),
         text.substr(0, longest_shown_label), number ? "number" : "text",
         number ? "texts" : "numbers", advice.empty() ? "" : "; ", advice);
  }
  if (!number) return {};
  const std::string_view shown = text.substr(0, longest_shown_label);
  require_room(*number, text, number_type_,
               [&] { return fmt::format("{}: the label {}", place.text(), shown); });
  if (!std::isfinite(*number)) {
    fail(ExitCode::bad_data, "{}: the label {} is not a finite number", place.text(), shown);
  }
  return {*number, whole_number(text, *number)};
}

void TextLabels::check(std::string_view cell, const TextPlace& place) const {
  number_of(trimmed(cell), place);
}

void TextLabels::learn(std::string_view cell, const TextPlace& place) {
  const std::string_view text = trimmed(cell);
  const auto [value, whole] = number_of(text, place);
  if (texts_ && !is_ascii(text) && !is_utf8(text)) {
    fail(ExitCode::bad_data, "{}: the label {:?} is not UTF-8", place.text(),
         text.substr(0, longest_shown_label));
  }
  if (texts_) return classes_.add(text);
  whole_ = whole_ && whole;
  needs_double_ = needs_double_ || is_rounded(text, value, ElementType::f32);
  lowest_ = std::min(lowest_, value);
  highest_ = std::max(highest_, value);
}

void TextLabels::unite(const mpi::Communicator& communicator) {
  const std::array<double, 4> mine{whole_ ? 1.0 : 0.0, needs_double_ ? 1.0 : 0.0, lowest_,
                                   highest_};
  for (const auto& other : communicator.all_gather(std::span<const double>(mine))) {
    whole_ = whole_ && other[0] != 0.0;
    needs_double_ = needs_double_ || other[1] != 0.0;
    lowest_ = std::min(lowest_, other[2]);
    highest_ = std::max(highest_, other[3]);
  }
  classes_.unite(communicator);
}

ElementType TextLabels::type() const {
  using Limits = std::numeric_limits<std::int32_t>;
  if (texts_) return ElementType::i32;
  if (!whole_) return needs_double_ ? ElementType::f64 : number_type_;
  const bool narrow = lowest_ >= Limits::min() && highest_ <= Limits::max();
  return narrow ? ElementType::i32 : ElementType::i64;
}

void TextLabels::require_exact(std::string_view text, double value, const TextPlace& place) const {
  if (!is_rounded(text, value, type())) return;
  fail(ExitCode::bad_data,
       "{}: the label {}{} is a whole number that {} would round; int64 keeps those up to "
       "9223372036854775807, if all labels are such",
       place.text(), text.substr(0, longest_shown_label),
       column_.empty() ? "" : fmt::format(" in column '{}'", column_), name_of(type()));
}

void TextLabels::write(std::string_view cell, const TextPlace& place, std::byte*& out) const {
  const std::string_view text = trimmed(cell);
  const auto [value, whole] =
      texts_ ? Number{0.0, classes_.index_of(text)} : number_of(text, place);
  const bool known =
      texts_ ? whole >= 0 : value >= lowest_ && value <= highest_ && (whole || !whole_);
  if (!known) fail(ExitCode::bad_data, "{} changed while it was read", place.path);
  if (texts_ || whole_) return write_element(*whole, type(), out);
  require_exact(text, value, place);
  write_element(value, type(), out);
}

}  // namespace tusk::tables
