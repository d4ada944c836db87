// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <type_traits>

#include "tusk/function_ref.hpp"
#include "tusk/matrix.hpp"
#include "tusk/real.hpp"
#include "tusk/team.hpp"

namespace tusk::kernels {

// The three products of a dense layer, which calls them, with kernel W (out, in), inputs x (in,
// batch) and the gradient dz (out, batch) of its pre-activations. Each overwrites its matrix
// argument that is not constant. Every element is the same sum in the same order, whoever computes
// it.
//
// products.cpp computes a product tile by tile of the result, with panels of a factor that are
// packed in the order in which they are read (packing.hpp); product_by_samples.cpp has another way
// for Wᵀ dz, which multiply_transposed() takes at batches that fill vectors.

// Some rows of a matrix: columns that begin `stride` numbers apart.
template <typename T>
struct RowsOf {
  T* data = nullptr;
  std::size_t rows = 0;
  std::size_t cols = 0;
  std::size_t stride = 0;

  RowsOf(T* first, std::size_t row_count, std::size_t col_count)
      : RowsOf(first, row_count, col_count, row_count) {}
  RowsOf(T* first, std::size_t row_count, std::size_t col_count, std::size_t between)
      : data(first), rows(row_count), cols(col_count), stride(between) {}
  template <typename U>
  requires(std::is_convertible_v<MatrixView<U>, MatrixView<T>>)
      RowsOf(const MatrixView<U>& whole)  // NOLINT(google-explicit-constructor)
      : data(whole.data()), rows(whole.rows()), cols(whole.cols()), stride(whole.rows()) {}

  // Rows that may be written can also be read.
  operator RowsOf<const T>() const requires(!std::is_const_v<T>) {  // NOLINT
    return {data, rows, cols, stride};
  }
};
using Rows = RowsOf<Real>;
using ConstRows = RowsOf<const Real>;

// `count` rows of a matrix from `first` on.
template <typename T>
RowsOf<T> rows_of(MatrixView<T> matrix, std::size_t first, std::size_t count) {
  return {matrix.data() + first, count, matrix.cols(), matrix.rows()};
}

// Whether a product takes the place of what was there, or is added to it.
enum class Sum { set, add };

// What the caller still wants done with a part of one column of the product once its sums are
// complete and while they are in the cache: rows `row`, row + 1, … of it. Which rows come together
// depends on the product's shape alone. Called on any thread of the team.
using FinishColumn = FunctionRef<void(std::size_t row, Span values)>;

void multiply(Team& team, ConstRows w, ConstRows x, Rows y, FinishColumn finish,
              Sum sum = Sum::set);  // y = W x
void multiply_transposed(Team& team, ConstRows w, ConstRows dz, Rows dx,
                         Sum sum = Sum::set);  // dx = Wᵀ dz

// dw = the columns of dW = dz xᵀ from `first` on, as many as dw has. Computes on the calling thread
// alone, so that a layer can hand over its gradients column by column.
void multiply_by_transpose(ConstRows dz, ConstRows x, std::size_t first, Rows dw);

}  // namespace tusk::kernels
