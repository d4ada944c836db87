// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "data/hdf5/file.hpp"
#include "run/records/history_file.hpp"

namespace tusk::test {

template <typename T>
std::vector<T> column_of(const hdf5::File& file, const std::string& name) {
  const hdf5::NumberDataset dataset = file.dataset(name);
  std::vector<T> values(dataset.rows());
  dataset.read(0, std::span(values));
  return values;
}

// The files in which a run's rows of a group are: history.h5, and in a tree, but for what that has
// of relays, those of the nodes behind it.
inline std::vector<hdf5::File> history_files(const std::string& run_directory,
                                             const std::string& group) {
  std::vector<hdf5::File> files;
  const hdf5::File main = hdf5::File::open(run_directory + "/history.h5");
  if (main.has_group(group)) files.push_back(main);
  const bool of_relays = group == "merges" || group == "sums" || group == "nodes";
  if (of_relays || !main.has_group("nodes")) return files;
  for (const auto number : column_of<std::uint32_t>(main, "nodes/file")) {
    files.push_back(hdf5::File::open(run_directory + "/" + records::node_history(number)));
  }
  return files;
}

// A column of the history that a run has left, over all its files.
template <typename T>
std::vector<T> history_column(const std::string& run_directory, const std::string& name) {
  std::vector<T> values;
  for (const hdf5::File& file : history_files(run_directory, name.substr(0, name.find('/')))) {
    const std::vector<T> part = column_of<T>(file, name);
    values.insert(values.end(), part.begin(), part.end());
  }
  return values;
}

}  // namespace tusk::test
