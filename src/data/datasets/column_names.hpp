// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <map>
#include <string>
#include <vector>

namespace tusk::hdf5 {
class File;
}

namespace tusk::datasets {

// What the columns of a data set of features stand for, as `convert` keeps it in the attributes
// `column_names` and, for a column of indices of texts, column 3 for example, `category_names:3:`.
// A model keeps those of its training rows in the same way.
struct ColumnNames {
  std::vector<std::string> names = {};                              // empty: they have none
  std::map<std::size_t, std::vector<std::string>> categories = {};  // by column

  friend bool operator==(const ColumnNames&, const ColumnNames&) = default;
};

// Attributes of the group or data set `object`. Error(bad_data) if they hold no texts.
ColumnNames read_column_names(const hdf5::File& file, const std::string& object);
void write_column_names(hdf5::File& file, const std::string& object, const ColumnNames& columns);

// The columns of `path` must be those of `other`, where both have names, or numbers would be taken
// for what they are not: the same in the same order, and the same text for every index that both
// know. Error(bad_data) that names the first difference.
void check_same_columns(const std::string& path, const ColumnNames& columns,
                        const std::string& other, const ColumnNames& expected);

// The same for the names of the classes in the data set `label`, in the order of their indices.
void check_same_classes(const std::string& path, const std::string& label,
                        const std::vector<std::string>& classes, const std::string& other,
                        const std::vector<std::string>& expected);

}  // namespace tusk::datasets
