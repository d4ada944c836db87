// SPDX-License-Identifier: Apache-2.0
#include "products.hpp"

#include "eigen_views.hpp"

namespace tusk::nn {

void multiply(ConstMatrix w, ConstMatrix x, Matrix y) {
  matrix(y).noalias() = matrix(w) * matrix(x);
}

void multiply_transposed(ConstMatrix w, ConstMatrix dz, Matrix dx) {
  matrix(dx).noalias() = matrix(w).transpose() * matrix(dz);
}

void multiply_by_transpose(ConstMatrix dz, ConstMatrix x, Matrix dw) {
  matrix(dw).noalias() = matrix(dz) * matrix(x).transpose();
}

}  // namespace tusk::nn
