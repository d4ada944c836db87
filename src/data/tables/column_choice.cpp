// SPDX-License-Identifier: Apache-2.0
#include "data/tables/column_choice.hpp"

#include <algorithm>
#include <cctype>
#include <charconv>
#include <string_view>

#include "core/near_miss.hpp"
#include "tusk/error.hpp"

namespace tusk::tables {
namespace {

bool is_label(const std::string& name) {
  constexpr std::string_view label = "label";
  return std::ranges::equal(name, label, {}, [](unsigned char c) { return std::tolower(c); });
}

std::optional<std::size_t> column_called_label(std::span<const std::string> names) {
  const auto found = std::ranges::find_if(names, is_label);
  if (found == names.end()) return std::nullopt;
  return static_cast<std::size_t>(found - names.begin());
}

std::size_t find_column(const std::string& name, std::span<const std::string> names,
                        const std::string& path) {
  const auto found = std::ranges::find(names, name);
  if (std::count(found, names.end(), name) > 1) {
    fail(ExitCode::bad_data, "{} has several columns called '{}'; give the column's number, from 0",
         path, name);
  }
  if (found != names.end()) return static_cast<std::size_t>(found - names.begin());

  std::size_t number = 0;
  const char* const last = name.data() + name.size();
  const auto [end, error] = std::from_chars(name.data(), last, number);
  if (error == std::errc() && end == last && number < names.size()) return number;
  fail(ExitCode::bad_data, "{} has no column '{}' among its {}{}", path, name, names.size(),
       did_you_mean(name, names));
}

enum class Use { none, label, feature, dropped };

[[noreturn]] void fail_used_twice(const std::string& name, Use first, Use second) {
  const auto text = [](Use use) {
    return use == Use::label ? "the label" : use == Use::feature ? "a feature" : "dropped";
  };
  if (first == second) fail(ExitCode::usage, "column '{}' is given twice", name);
  fail(ExitCode::usage, "column '{}' is to be {} and to be {}", name, text(first), text(second));
}

}  // namespace

ChosenColumns choose_columns(const ColumnChoice& choice, std::span<const std::string> names,
                             const std::string& path) {
  std::vector<Use> uses(names.size(), Use::none);
  const auto use = [&](const std::string& name, Use as) {
    const std::size_t column = find_column(name, names, path);
    const bool again = uses[column] == Use::dropped && as == Use::dropped;
    if (uses[column] != Use::none && !again) fail_used_twice(name, uses[column], as);
    uses[column] = as;
    return column;
  };

  ChosenColumns chosen;
  if (choice.label) chosen.label = use(*choice.label, Use::label);
  for (const std::string& name : choice.columns) {
    chosen.features.push_back(use(name, Use::feature));
  }
  for (const std::string& name : choice.drop) use(name, Use::dropped);
  if (!choice.label) {  // a column called so that is to be something else is no label
    const auto guess = column_called_label(names);
    if (guess && uses[*guess] == Use::none) chosen.label = guess;
    if (chosen.label) uses[*chosen.label] = Use::label;
  }
  for (std::size_t column = 0; choice.columns.empty() && column < names.size(); ++column) {
    if (uses[column] == Use::none) chosen.features.push_back(column);
  }
  if (chosen.features.empty()) {
    fail(ExitCode::bad_data, "{}: of its {} columns none is left for the features", path,
         names.size());
  }
  return chosen;
}

}  // namespace tusk::tables
