// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "tusk/named.hpp"
#include "tusk/options/user_object.hpp"

namespace tusk {

// A column of a sample by its number, from 0, or its name; a class by its index or its name.
using NumberOrName = std::variant<std::uint64_t, std::string>;

// The columns that a transform works on; without: all.
using ColumnList = std::optional<std::vector<NumberOrName>>;

// y = factor · x + offset, for integer images: factor 1/255 brings uint8 pixels to [0, 1].
struct ScaleTransform {
  static constexpr const char* type = "scale";
  double factor = 1.0;
  double offset = 0.0;
  ColumnList columns;

  friend bool operator==(const ScaleTransform&, const ScaleTransform&) = default;
};

// y = (x − mean) / σ with mean and standard deviation σ = √(Σ(x − mean)²/n) of the column; a
// constant column is divided by 1.
struct StandardTransform {
  static constexpr const char* type = "standard";
  ColumnList columns;

  friend bool operator==(const StandardTransform&, const StandardTransform&) = default;
};

// y = low + (x − min) · (high − low) / (max − min), with the extremes of the column; where they are
// the same, 1 takes the place of max − min.
struct MinmaxTransform {
  static constexpr const char* type = "minmax";
  double low = 0.0;
  double high = 1.0;
  ColumnList columns;

  friend bool operator==(const MinmaxTransform&, const MinmaxTransform&) = default;
};

enum class Infinite { inf };
constexpr auto names_of(Infinite) {
  return std::to_array<Named<Infinite>>({{"inf", Infinite::inf}});
}

// y = x / (Σ|x|^p)^(1/p) over the columns of one sample; a sample of zeros stays.
struct NormalizeTransform {
  static constexpr const char* type = "normalize";
  std::variant<double, Infinite> p = 2.0;  // at least 1
  ColumnList columns;

  friend bool operator==(const NormalizeTransform&, const NormalizeTransform&) = default;
};

enum class NotANumber { nan };
constexpr auto names_of(NotANumber) {
  return std::to_array<Named<NotANumber>>({{"nan", NotANumber::nan}});
}

enum class Fill { mean, median };
constexpr auto names_of(Fill) {
  return std::to_array<Named<Fill>>({{"mean", Fill::mean}, {"median", Fill::median}});
}

// Puts a number where `value` stands: the mean or median of the column's other values, or a
// constant.
struct MissingTransform {
  static constexpr const char* type = "missing";
  std::variant<double, NotANumber> value = NotANumber::nan;
  std::variant<double, Fill> fill = Fill::mean;
  ColumnList columns;

  friend bool operator==(const MissingTransform&, const MissingTransform&) = default;
};

enum class UnknownCategory { error, zeros };
constexpr auto names_of(UnknownCategory) {
  return std::to_array<Named<UnknownCategory>>(
      {{"error", UnknownCategory::error}, {"zeros", UnknownCategory::zeros}});
}

// In the place of a column, a column for each value that it has in the training rows, ascending: 1
// in the one of the sample's value, 0 in the others.
struct OneHotTransform {
  static constexpr const char* type = "one_hot";
  NumberOrName column;
  UnknownCategory unknown = UnknownCategory::error;

  friend bool operator==(const OneHotTransform&, const OneHotTransform&) = default;
};

// y = min(max(x, low), high).
struct ClipTransform {
  static constexpr const char* type = "clip";
  std::optional<double> low;  // one of the two at least
  std::optional<double> high;
  ColumnList columns;

  friend bool operator==(const ClipTransform&, const ClipTransform&) = default;
};

// y = ln(x + offset).
struct LogTransform {
  static constexpr const char* type = "log";
  double offset = 1.0;
  ColumnList columns;

  friend bool operator==(const LogTransform&, const LogTransform&) = default;
};

// The same numbers in another shape.
struct ReshapeTransform {
  static constexpr const char* type = "reshape";
  std::vector<std::uint64_t> shape;

  friend bool operator==(const ReshapeTransform&, const ReshapeTransform&) = default;
};

// The label becomes 1 where it is this one, and 0 elsewhere.
struct BinaryLabelTransform {
  static constexpr const char* type = "binary_label";
  NumberOrName positive;

  friend bool operator==(const BinaryLabelTransform&, const BinaryLabelTransform&) = default;
};

// One entry of data.transforms. They are kept in the model and applied wherever it is.
using TransformOptions =
    std::variant<ScaleTransform, StandardTransform, MinmaxTransform, NormalizeTransform,
                 MissingTransform, OneHotTransform, ClipTransform, LogTransform, ReshapeTransform,
                 BinaryLabelTransform, UserTransform>;

// "scale"; for a user's transform the name of its kind.
inline std::string type_of(const TransformOptions& transform) {
  return options::selected_name(transform);
}

}  // namespace tusk
