// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace tusk::tables {

// Which columns of a file with named columns (CSV, NPY records) are taken. A column goes by its
// name, or by its number from 0.
struct ColumnChoice {
  std::optional<std::string> label = {};   // none: the one called "label", in any case, if any
  std::optional<std::string> weight = {};  // how much each row counts; none: all alike
  std::optional<std::string> group = {};   // which rows belong together
  std::vector<std::string> columns = {};   // the features, in this order; empty: all others
  std::vector<std::string> drop = {};      // left out, whatever they hold

  friend bool operator==(const ColumnChoice&, const ColumnChoice&) = default;
};

// A ColumnChoice looked up in a file: the columns' numbers, from 0.
struct ChosenColumns {
  std::vector<std::size_t> features;
  std::optional<std::size_t> label;
  std::optional<std::size_t> weight;
  std::optional<std::size_t> group;
  std::vector<std::string> notes;  // what the user may not have meant
};

// Whether a column is the label where no other is asked for: "label", in any case.
bool is_called_label(const std::string& name);

// Looks a choice up among a file's columns. Throws Error(bad_data) that names the file for a column
// that is not there or not the only one of its name, if several are called label and none is asked
// for, if a column that has no name, as the row numbers that pandas writes, would be a feature
// without being asked for, or if no feature is left; Error(usage) for a column that is to be two
// things at once.
ChosenColumns choose_columns(const ColumnChoice& choice, std::span<const std::string> names,
                             const std::string& path);

}  // namespace tusk::tables
