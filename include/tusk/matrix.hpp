// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <span>
#include <type_traits>

#include "tusk/real.hpp"

namespace tusk {

// A view of a dense matrix, column-major without gaps. A batch has one column a sample:
// (features, batch) here is the row-major (batch, features) of HDF5 and Keras, without a copy.
template <typename T>
class MatrixView {
 public:
  MatrixView() = default;
  MatrixView(T* data, std::size_t rows, std::size_t cols) : data_(data), rows_(rows), cols_(cols) {}

  // A view of mutable elements is also a view of constant ones.
  template <typename U>
  requires(std::is_same_v<T, const U>)
      MatrixView(const MatrixView<U>& other)  // NOLINT(google-explicit-constructor)
      : data_(other.data()), rows_(other.rows()), cols_(other.cols()) {}

  T* data() const { return data_; }
  std::size_t rows() const { return rows_; }
  std::size_t cols() const { return cols_; }
  std::size_t size() const { return rows_ * cols_; }

  T& operator()(std::size_t row, std::size_t col) const { return data_[row + col * rows_]; }
  std::span<T> col(std::size_t index) const { return {data_ + index * rows_, rows_}; }
  std::span<T> flat() const { return {data_, size()}; }

  // The first `count` columns (a last, smaller batch in a buffer for a full one).
  MatrixView first_cols(std::size_t count) const { return {data_, rows_, count}; }

  // The last `count` columns.
  MatrixView last_cols(std::size_t count) const {
    return {data_ + (cols_ - count) * rows_, rows_, count};
  }

 private:
  T* data_ = nullptr;
  std::size_t rows_ = 0;
  std::size_t cols_ = 0;
};

using Matrix = MatrixView<Real>;
using ConstMatrix = MatrixView<const Real>;

}  // namespace tusk
