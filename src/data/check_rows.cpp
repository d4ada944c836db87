// SPDX-License-Identifier: Apache-2.0
#include "check_rows.hpp"

#include <algorithm>
#include <cmath>

#include "tusk/core/error.hpp"

namespace tusk::data {
namespace {

// x − x is 0 for a finite x and NaN for any other. A loop without an exit, to be vectorized.
bool all_finite(ConstSpan numbers) {
  bool finite = true;
  for (const Real x : numbers) finite &= x - x == Real(0);
  return finite;
}

}  // namespace

void check_finite(const io::Dataset& dataset, std::span<const std::uint64_t> rows,
                  ConstSpan numbers) {
  if (all_finite(numbers)) return;
  const auto bad =
      std::find_if(numbers.begin(), numbers.end(), [](Real x) { return !std::isfinite(x); });
  const auto position = static_cast<std::size_t>(bad - numbers.begin());
  const std::size_t width = dataset.row_elements();
  fail(ExitCode::bad_data, "{}: data set '{}' has {} in row {}, column {}; features must be finite",
       dataset.path(), dataset.name(), *bad, rows[position / width], position % width);
}

void check_values(const io::Dataset& dataset, std::span<const std::uint64_t> rows,
                  ConstSpan numbers, const LabelFormat& format) {
  const auto low = static_cast<Real>(format.low);
  const auto high = static_cast<Real>(format.high);
  const auto bad = std::find_if(numbers.begin(), numbers.end(),
                                [=](Real x) { return !(x >= low && x <= high); });
  if (bad == numbers.end()) return;
  const auto position = static_cast<std::size_t>(bad - numbers.begin());
  const bool bounded = format.low == 0.0;
  fail(ExitCode::bad_data, "{}: data set '{}' has {} in row {}; {}", dataset.path(), dataset.name(),
       *bad, rows[position / format.width],
       bounded ? "labels of a cross-entropy are from 0 to 1" : "labels must be finite");
}

std::vector<std::int32_t> to_classes(const io::Dataset& dataset,
                                     std::span<const std::uint64_t> rows,
                                     std::span<const double> numbers, const LabelFormat& format) {
  std::vector<std::int32_t> classes(numbers.size());
  const auto limit = static_cast<double>(format.width);
  for (std::size_t i = 0; i < numbers.size(); ++i) {
    const double label = numbers[i];
    if (!(label >= 0.0 && label < limit && label == std::floor(label))) {
      fail(ExitCode::bad_data,
           "{}: data set '{}' has {} in row {}; with the model's {} outputs, classes are 0 to {}",
           dataset.path(), dataset.name(), label, rows[i], format.width, format.width - 1);
    }
    classes[i] = static_cast<std::int32_t>(label);
  }
  return classes;
}

}  // namespace tusk::data
