// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "data/transforms/column_statistics.hpp"
#include "data/transforms/columns.hpp"
#include "data/transforms/transform_kinds.hpp"
#include "tusk/error.hpp"

namespace tusk::transforms {
namespace {

class OneHot final : public Transform {
 public:
  OneHot(std::size_t column, UnknownCategory unknown, std::vector<double> categories)
      : column_(column), unknown_(unknown), categories_(std::move(categories)) {}

  std::string_view type() const { return OneHotTransform::type; }

  Shape output_shape(const Shape& input) const override {
    if (input.rank() != 1) fail(ExitCode::bad_data, "it needs samples that are rows of numbers");
    if (column_ >= input.elements()) fail(ExitCode::bad_data, "there is no column {}", column_);
    return Shape{input.elements() + categories_.size() - 1};
  }

  std::vector<std::string> column_names(std::vector<std::string> input) const override {
    if (input.empty()) return {};
    std::vector<std::string> names;
    for (const double category : categories_) {
      names.push_back(fmt::format("{}={}", input[column_], category));
    }
    const auto here = input.begin() + static_cast<std::ptrdiff_t>(column_);
    input.insert(input.erase(here), names.begin(), names.end());
    return input;
  }

  std::size_t apply(std::span<double> buffer, std::size_t width) const override {
    const double x = buffer[column_];
    const std::size_t added = categories_.size() - 1;
    const auto after = buffer.subspan(column_ + 1, width - column_ - 1);
    std::copy_backward(after.begin(), after.end(),
                       after.end() + static_cast<std::ptrdiff_t>(added));
    const std::span<double> hot = buffer.subspan(column_, categories_.size());
    std::ranges::fill(hot, 0.0);
    if (const std::size_t found = index_of(x); found < categories_.size()) {
      hot[found] = 1.0;
    } else if (unknown_ == UnknownCategory::error || !std::isfinite(x)) {
      hot[0] = std::numeric_limits<double>::quiet_NaN();
    }
    return width + added;
  }

  std::string takes() const override {
    return fmt::format("the categories [{}] (unknown = \"zeros\" takes others, too)",
                       listed(categories_));
  }

  std::string summary() const override {
    return fmt::format("column {} becomes {} columns, for [{}]; unknown: {}", column_,
                       categories_.size(), listed(categories_), name_of(unknown_));
  }

  std::string to_json() const {
    return nlohmann::json{{"column", column_},
                          {"unknown", std::string(name_of(unknown_))},
                          {"categories", categories_}}
        .dump();
  }

 private:
  // The category that a number is, or that a file of float32 rounds to it; size() for none. Whole
  // numbers name something: the nearest one is another.
  std::size_t index_of(double x) const {
    const auto found = std::ranges::lower_bound(categories_, x);
    const auto index = static_cast<std::size_t>(found - categories_.begin());
    if (found != categories_.end() && *found == x) return index;
    const auto rounds_to_x = [x](double category) {
      return static_cast<double>(static_cast<Real>(category)) == x &&
             category != std::trunc(category);
    };
    if (found != categories_.end() && rounds_to_x(*found)) return index;
    if (index > 0 && rounds_to_x(categories_[index - 1])) return index - 1;
    return categories_.size();
  }

  std::size_t column_;
  UnknownCategory unknown_;
  std::vector<double> categories_;  // ascending
};

}  // namespace

Step fit(const OneHotTransform& options, const FittingSamples& samples) {
  const std::size_t column = samples.column(options.column, "column");
  return make_step<OneHot>(column, options.unknown, column_categories(samples, column));
}

template <>
Step read_step<OneHotTransform>(const nlohmann::json& json) {
  std::vector<double> categories = numbers_of(json, "categories");
  if (categories.empty() ||
      std::ranges::adjacent_find(categories, std::greater_equal<>()) != categories.end()) {
    fail(ExitCode::bad_data, "the categories are not ascending numbers");
  }
  const std::string unknown = json.at("unknown");
  if (unknown != "error" && unknown != "zeros") {
    fail(ExitCode::bad_data, "unknown = '{}' is neither 'error' nor 'zeros'", unknown);
  }
  const nlohmann::json& column = json.at("column");
  if (!column.is_number_unsigned()) fail(ExitCode::bad_data, "the column is not a number");
  return make_step<OneHot>(column.get<std::size_t>(),
                           unknown == "error" ? UnknownCategory::error : UnknownCategory::zeros,
                           std::move(categories));
}

}  // namespace tusk::transforms
