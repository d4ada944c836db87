// SPDX-License-Identifier: Apache-2.0
#pragma once

// GCC 12 takes the deliberately undefined operand of its AVX-512 intrinsics for a mistake (its bug
// 105593), wherever they are inlined.
#pragma GCC diagnostic ignored "-Wmaybe-uninitialized"

#include <Eigen/Core>

#include "tusk/matrix.hpp"
#include "tusk/real.hpp"

namespace tusk::kernels {

// Our views as Eigen's, for its vectorized arithmetic.

using ArrayMap = Eigen::Map<Eigen::Array<Real, Eigen::Dynamic, 1>>;
using ConstArrayMap = Eigen::Map<const Eigen::Array<Real, Eigen::Dynamic, 1>>;
using MatrixMap = Eigen::Map<Eigen::Matrix<Real, Eigen::Dynamic, Eigen::Dynamic>>;
using ConstMatrixMap = Eigen::Map<const Eigen::Matrix<Real, Eigen::Dynamic, Eigen::Dynamic>>;

inline ArrayMap array(Span values) {
  return {values.data(), static_cast<Eigen::Index>(values.size())};
}
inline ConstArrayMap array(ConstSpan values) {
  return {values.data(), static_cast<Eigen::Index>(values.size())};
}
inline MatrixMap matrix(Matrix m) {
  return {m.data(), static_cast<Eigen::Index>(m.rows()), static_cast<Eigen::Index>(m.cols())};
}
inline ConstMatrixMap matrix(ConstMatrix m) {
  return {m.data(), static_cast<Eigen::Index>(m.rows()), static_cast<Eigen::Index>(m.cols())};
}

}  // namespace tusk::kernels
