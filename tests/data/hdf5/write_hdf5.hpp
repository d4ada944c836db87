// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <doctest/doctest.h>
#include <hdf5.h>

#include <array>
#include <cstdint>
#include <functional>
#include <string>
#include <vector>

namespace tusk::test {

// Writes a file with HDF5's own calls, and a data set "numbers" of four bytes to point at.
inline std::string write_hdf5(const std::string& path, const std::function<void(hid_t)>& fill) {
  const hid_t file = H5Fcreate(path.c_str(), H5F_ACC_TRUNC, H5P_DEFAULT, H5P_DEFAULT);
  const hsize_t four = 4;
  const hid_t space = H5Screate_simple(1, &four, nullptr);
  const hid_t numbers =
      H5Dcreate2(file, "numbers", H5T_NATIVE_UINT8, space, H5P_DEFAULT, H5P_DEFAULT, H5P_DEFAULT);
  const std::array<std::uint8_t, 4> bytes{1, 2, 3, 4};
  H5Dwrite(numbers, H5T_NATIVE_UINT8, H5S_ALL, H5S_ALL, H5P_DEFAULT, bytes.data());
  H5Dclose(numbers);
  H5Sclose(space);
  fill(file);
  H5Fclose(file);
  return path;
}

// A data set that is declared and never written.
inline void declare(
    hid_t file, const char* name, hid_t type, const std::vector<hsize_t>& extents,
    const std::function<void(hid_t)>& configure = [](hid_t) {}) {
  const hid_t space = H5Screate_simple(static_cast<int>(extents.size()), extents.data(), nullptr);
  const hid_t properties = H5Pcreate(H5P_DATASET_CREATE);
  configure(properties);
  const hid_t dataset = H5Dcreate2(file, name, type, space, H5P_DEFAULT, properties, H5P_DEFAULT);
  CHECK(dataset >= 0);
  H5Dclose(dataset);
  H5Pclose(properties);
  H5Sclose(space);
}

}  // namespace tusk::test
