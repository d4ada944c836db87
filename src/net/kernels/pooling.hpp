// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>

#include "tusk/matrix.hpp"
#include "tusk/team.hpp"

// Pooling over windows of an image (rows, cols, channels), with vectors of channels: for layers
// max_pooling and average_pooling.
namespace tusk::kernels {

// Window i of an axis is its places i·stride − before … + size − 1 that are within the input; there
// is at least one.
struct PoolingAxis {
  std::size_t input = 1;
  std::size_t outputs = 1;
  std::size_t size = 1;
  std::size_t stride = 1;
  std::size_t before = 0;
};

struct PoolingShape {
  PoolingAxis rows;
  PoolingAxis cols;
  std::size_t channels = 1;

  std::size_t input_row() const { return cols.input * channels; }
  std::size_t output_row() const { return cols.outputs * channels; }
};

// y = the largest of each window; NaN if one is among them.
void max_pool(Team& team, const PoolingShape& shape, ConstMatrix x, Matrix y);

// dx: an output's gradient goes to the first place of its window, in row-major order, that holds
// the largest.
void max_pool_gradient(Team& team, const PoolingShape& shape, ConstMatrix x, ConstMatrix y,
                       ConstMatrix dy, Matrix dx);

// y = the mean of each window.
void average_pool(Team& team, const PoolingShape& shape, ConstMatrix x, Matrix y);
void average_pool_gradient(Team& team, const PoolingShape& shape, ConstMatrix dy, Matrix dx);

}  // namespace tusk::kernels
