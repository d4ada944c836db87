// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <doctest/doctest.h>

#include <algorithm>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "data/tables/array_file.hpp"

namespace tusk::test {

// All elements of an array file that holds elements of type T.
template <typename T>
std::vector<T> read_all(const std::string& path, std::uint64_t rows_at_a_time = 1) {
  tables::ArrayFile file(path);
  CHECK(file.type() == element_type<T>());
  const std::size_t row = file.row_shape().elements();
  std::vector<T> values(file.rows() * row);
  for (std::uint64_t at = 0; at < file.rows(); at += rows_at_a_time) {
    const auto rows = std::min(rows_at_a_time, file.rows() - at);
    file.read_rows(at, std::as_writable_bytes(std::span(values).subspan(at * row, rows * row)));
  }
  return values;
}

}  // namespace tusk::test
