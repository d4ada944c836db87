// SPDX-License-Identifier: Apache-2.0
#include "tusk/io/csv_labels.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <optional>

#include "tusk/core/error.hpp"

namespace tusk::io {
namespace {

constexpr std::size_t most_classes = 65'536;
constexpr double largest_exact_integer = 0x1.0p53;

}  // namespace

void CsvLabels::learn(std::string_view cell, const CsvReader& at) {
  const std::string_view text = trimmed(cell);
  if (text.empty()) fail(ExitCode::bad_data, "{}: the label is empty", at.where());
  const std::optional<double> number = parse_number(text);
  const Kind kind = number ? Kind::numbers : Kind::texts;
  if (kind_ == Kind::unknown) kind_ = kind;
  if (kind != kind_) {
    fail(ExitCode::bad_data, "{}: the label {:?} is a {}, but those above are {}", at.where(),
         text.substr(0, 40), number ? "number" : "text", number ? "texts" : "numbers");
  }
  if (kind == Kind::texts) {
    if (classes_.find(text) == classes_.end()) classes_.emplace(text, 0);
    if (classes_.size() > most_classes) {
      fail(ExitCode::bad_data, "{}: more than 65,536 different labels; is this the label column?",
           at.where());
    }
    return;
  }
  if (!std::isfinite(*number)) {
    fail(ExitCode::bad_data, "{}: the label {} is not a finite number", at.where(), text);
  }
  whole_ = whole_ && *number == std::trunc(*number);
  lowest_ = std::min(lowest_, *number);
  highest_ = std::max(highest_, *number);
}

ElementType CsvLabels::type() const {
  using Limits = std::numeric_limits<std::int32_t>;
  if (kind_ == Kind::texts) return ElementType::i32;
  if (!whole_) return number_type_;
  if (lowest_ >= Limits::min() && highest_ <= Limits::max()) return ElementType::i32;
  if (std::max(-lowest_, highest_) <= largest_exact_integer) return ElementType::i64;
  return number_type_;
}

void CsvLabels::finish() {
  std::int32_t next = 0;
  for (auto& [text, index] : classes_) index = next++;
}

std::vector<std::string> CsvLabels::class_names() const {
  std::vector<std::string> names;
  for (const auto& [text, index] : classes_) names.push_back(text);
  return names;
}

double CsvLabels::encode(std::string_view cell) const {
  const std::string_view text = trimmed(cell);
  if (kind_ == Kind::numbers) return parse_number(text).value();
  return classes_.find(text)->second;
}

}  // namespace tusk::io
