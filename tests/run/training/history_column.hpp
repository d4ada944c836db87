// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>
#include <string>
#include <vector>

#include "data/hdf5/file.hpp"

namespace tusk::test {

// A column of the history that a run has left.
template <typename T>
std::vector<T> history_column(const std::string& run_directory, const std::string& name) {
  const hdf5::File file = hdf5::File::open(run_directory + "/history.h5");
  const hdf5::NumberDataset dataset = file.dataset(name);
  std::vector<T> values(dataset.rows());
  dataset.read(0, std::span(values));
  return values;
}

}  // namespace tusk::test
