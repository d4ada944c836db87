// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "data/datasets/dataset.hpp"
#include "data/hdf5/file.hpp"

namespace tusk::samples::test_samples {

// Writes features [rows, width] of type T and labels [rows, …].
template <typename T, typename Label>
std::string write(const std::string& path, std::uint64_t width, const std::vector<T>& features,
                  const std::vector<Label>& labels, const std::vector<std::uint64_t>& label_shape,
                  const hdf5::Storage& storage = {}) {
  hdf5::File file = hdf5::File::create(path);
  file.create_dataset("features", element_type<T>(), {features.size() / width, width}, storage)
      .write(0, std::span<const T>(features));
  file.create_dataset("label", element_type<Label>(), label_shape, storage)
      .write(0, std::span<const Label>(labels));
  return path;
}

// Row i has features (i, 2i, 0, …) and class i mod 3.
inline std::string write_counting(const std::string& path, std::uint64_t rows,
                                  const hdf5::Storage& storage = {}, std::uint64_t width = 2) {
  std::vector<float> features(rows * width, 0.0F);
  std::vector<std::uint8_t> labels(rows);
  for (std::uint64_t i = 0; i < rows; ++i) {
    features[i * width] = static_cast<float>(i);
    features[i * width + 1] = static_cast<float>(2 * i);
    labels[i] = static_cast<std::uint8_t>(i % 3);
  }
  return write(path, width, features, labels, {rows}, storage);
}

inline datasets::Dataset open(const std::string& path,
                              const mpi::Communicator* communicator = nullptr) {
  return datasets::Dataset::open(path, {"features", "label"}, communicator);
}

}  // namespace tusk::samples::test_samples
