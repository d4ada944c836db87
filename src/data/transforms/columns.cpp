// SPDX-License-Identifier: Apache-2.0
#include "data/transforms/columns.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "tusk/error.hpp"

namespace tusk::transforms {
namespace {

constexpr std::size_t most_listed = 6;

template <typename T>
std::string first_of(std::span<const T> items) {
  std::vector<std::string> texts;
  for (const T item : items.first(std::min(items.size(), most_listed))) {
    texts.push_back(fmt::format("{:.6g}", static_cast<double>(item)));
  }
  if (items.size() > most_listed) texts.emplace_back("…");
  return fmt::format("{}", fmt::join(texts, ", "));
}

}  // namespace

Columns Columns::from_json(const nlohmann::json& json) {
  const auto found = json.find("columns");
  if (found == json.end()) return {};
  std::vector<std::uint32_t> numbers;
  for (const nlohmann::json& number : *found) {
    const auto column = number.get<double>();
    const bool whole = column >= 0.0 && column <= std::numeric_limits<std::uint32_t>::max() &&
                       column == std::floor(column);
    if (!whole || (!numbers.empty() && column <= numbers.back())) {
      fail(ExitCode::bad_data, "the columns are not ascending numbers");
    }
    numbers.push_back(static_cast<std::uint32_t>(column));
  }
  return Columns(std::move(numbers));
}

void Columns::add_to(nlohmann::json& json) const {
  if (numbers_) json["columns"] = *numbers_;
}

void Columns::check(const Shape& samples, std::size_t learned) const {
  const std::size_t width = samples.elements();
  if (numbers_ && !numbers_->empty() && numbers_->back() >= width) {
    fail(ExitCode::bad_data, "there is no column {}", numbers_->back());
  }
  if (learned != 0 && learned != count(width)) {
    fail(ExitCode::bad_data, "it has learned from samples with {} columns, not {}", learned,
         count(width));
  }
}

std::string Columns::summary() const {
  if (!numbers_) return "";
  return fmt::format(" of column{} {}", numbers_->size() == 1 ? "" : "s",
                     first_of(std::span<const std::uint32_t>(*numbers_)));
}

std::vector<double> numbers_of(const nlohmann::json& json, const char* key) {
  std::vector<double> numbers;
  for (const nlohmann::json& number : json.at(key)) {
    numbers.push_back(number.get<double>());
    if (!std::isfinite(numbers.back())) fail(ExitCode::bad_data, "'{}' is not finite", key);
  }
  return numbers;
}

std::string listed(std::span<const double> numbers) { return first_of(numbers); }

}  // namespace tusk::transforms
