// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

namespace tusk {

// Merges of several inputs, which are broadcast to one shape. y = Σ xₖ
struct AddOptions {
  static constexpr const char* type = "add";

  friend bool operator==(const AddOptions&, const AddOptions&) = default;
};

// y = x₀ − x₁
struct SubtractOptions {
  static constexpr const char* type = "subtract";

  friend bool operator==(const SubtractOptions&, const SubtractOptions&) = default;
};

// y = Π xₖ
struct MultiplyOptions {
  static constexpr const char* type = "multiply";

  friend bool operator==(const MultiplyOptions&, const MultiplyOptions&) = default;
};

// y = the mean of the xₖ
struct AverageOptions {
  static constexpr const char* type = "average";

  friend bool operator==(const AverageOptions&, const AverageOptions&) = default;
};

// The inputs one behind the other along an axis. As in Keras the batch is axis 0.
struct ConcatenateOptions {
  static constexpr const char* type = "concatenate";
  std::int64_t axis = -1;

  friend bool operator==(const ConcatenateOptions&, const ConcatenateOptions&) = default;
};

}  // namespace tusk
