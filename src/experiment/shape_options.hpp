// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

// Layers that give a sample another shape, with Keras's names and defaults.
namespace tusk {

// (a, b, …) → (a·b·…,)
struct FlattenOptions {
  static constexpr const char* type = "flatten";

  friend bool operator==(const FlattenOptions&, const FlattenOptions&) = default;
};

// A sample's numbers, in their order, in another shape, of which one extent may be −1: what is
// left.
struct ReshapeOptions {
  static constexpr const char* type = "reshape";
  std::vector<std::int64_t> target_shape;  // without the batch

  friend bool operator==(const ReshapeOptions&, const ReshapeOptions&) = default;
};

// Axis i of the output is axis dims[i] of the input, where axes count from 1, as the batch is 0.
struct PermuteOptions {
  static constexpr const char* type = "permute";
  std::vector<std::size_t> dims;

  friend bool operator==(const PermuteOptions&, const PermuteOptions&) = default;
};

// (features,) → (n, features): the same in n steps.
struct RepeatVectorOptions {
  static constexpr const char* type = "repeat_vector";
  std::size_t n = 0;

  friend bool operator==(const RepeatVectorOptions&, const RepeatVectorOptions&) = default;
};

}  // namespace tusk
