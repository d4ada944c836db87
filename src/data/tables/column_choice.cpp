// SPDX-License-Identifier: Apache-2.0
#include "data/tables/column_choice.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <charconv>
#include <string_view>

#include "core/near_miss.hpp"
#include "tusk/error.hpp"

namespace tusk::tables {
namespace {

// pandas writes row numbers under an empty name, and calls them "Unnamed: 0" when it reads them.
bool is_unnamed(const std::string& name) { return name.empty() || name.starts_with("Unnamed: "); }

// The column that a text is the number of.
std::optional<std::size_t> column_of_number(const std::string& text, std::size_t columns) {
  std::size_t number = 0;
  const char* const last = text.data() + text.size();
  const auto [end, error] = std::from_chars(text.data(), last, number);
  if (error == std::errc() && end == last && number < columns) return number;
  return std::nullopt;
}

std::size_t find_column(const std::string& name, std::span<const std::string> names,
                        const std::string& path) {
  const auto found = std::ranges::find(names, name);
  if (std::count(found, names.end(), name) > 1) {
    fail(ExitCode::bad_data, "{} has several columns called '{}'; give the column's number, from 0",
         path, name);
  }
  if (found != names.end()) return static_cast<std::size_t>(found - names.begin());

  if (const auto number = column_of_number(name, names.size())) return *number;
  fail(ExitCode::bad_data, "{} has no column '{}' among its {}{}", path, name, names.size(),
       did_you_mean(name, names));
}

enum class Use { none, label, weight, group, feature, dropped };

[[noreturn]] void fail_used_twice(const std::string& name, Use first, Use second) {
  const auto text = [](Use use) {
    return use == Use::label     ? "the label"
           : use == Use::weight  ? "the weight"
           : use == Use::group   ? "the group"
           : use == Use::feature ? "a feature"
                                 : "dropped";
  };
  if (first == second) fail(ExitCode::usage, "column '{}' is given twice", name);
  fail(ExitCode::usage, "column '{}' is to be {} and to be {}", name, text(first), text(second));
}

// How to leave a column without a name out.
std::string advice_on_unnamed(std::size_t column, std::span<const std::string> names) {
  const std::string number = std::to_string(column);
  if (std::ranges::find(names, number) != names.end()) return "'--columns' names those to take";
  return fmt::format("'--drop {}' leaves it out, '--columns' takes it", number);
}

}  // namespace

bool is_called_label(const std::string& name) {
  constexpr std::string_view label = "label";
  return std::ranges::equal(name, label, {}, [](unsigned char c) { return std::tolower(c); });
}

ChosenColumns choose_columns(const ColumnChoice& choice, std::span<const std::string> names,
                             const std::string& path) {
  ChosenColumns chosen;
  std::vector<Use> uses(names.size(), Use::none);
  const auto use = [&](const std::string& name, Use as) {
    const std::size_t column = find_column(name, names, path);
    const bool again = uses[column] == Use::dropped && as == Use::dropped;
    if (uses[column] != Use::none && !again) fail_used_twice(name, uses[column], as);
    uses[column] = as;
    const auto number = column_of_number(name, names.size());
    if (number && *number != column) {
      chosen.notes.push_back(
          fmt::format("{}: '{}' is taken for column {}, which is called so, and "
                      "not for column number {}",
                      path, name, column, name));
    }
    return column;
  };

  if (choice.label) chosen.label = use(*choice.label, Use::label);
  if (choice.weight) chosen.weight = use(*choice.weight, Use::weight);
  if (choice.group) chosen.group = use(*choice.group, Use::group);
  for (const std::string& name : choice.columns) {
    chosen.features.push_back(use(name, Use::feature));
  }
  for (const std::string& name : choice.drop) use(name, Use::dropped);
  if (!choice.label) {  // a column called so that is to be something else is no label
    for (std::size_t column = 0; column < names.size(); ++column) {
      if (!is_called_label(names[column]) || uses[column] != Use::none) continue;
      if (chosen.label) {
        fail(
            ExitCode::bad_data,
            "{} has several columns called '{}': {} and {}; '--label' takes a column's number, and "
            "'--drop' leaves one out",
            path, names[column], *chosen.label, column);
      }
      chosen.label = column;
    }
    if (chosen.label) uses[*chosen.label] = Use::label;
  }
  for (std::size_t column = 0; choice.columns.empty() && column < names.size(); ++column) {
    if (uses[column] != Use::none) continue;
    if (is_unnamed(names[column])) {
      fail(ExitCode::bad_data,
           "{}: column {} has no name, as the row numbers that pandas writes; {}", path, column,
           advice_on_unnamed(column, names));
    }
    chosen.features.push_back(column);
  }
  if (chosen.features.empty()) {
    fail(ExitCode::bad_data, "{}: of its {} columns none is left for the features", path,
         names.size());
  }
  return chosen;
}

}  // namespace tusk::tables
