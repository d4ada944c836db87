// SPDX-License-Identifier: Apache-2.0
#include "check_rows.hpp"

#include <algorithm>
#include <cmath>

#include "to_real.hpp"
#include "tusk/core/error.hpp"

namespace tusk::data {
namespace {

// Without transforms, in one go.
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

// 1 for the positive label and 0 for any other number; a NaN stays what it is.
template <typename Number>
Number to_binary(Number label, double positive) {
  if (!std::isfinite(label)) return label;
  return label == static_cast<Number>(positive) ? Number(1) : Number(0);
}

}  // namespace

void check_features(const io::Dataset& dataset, std::span<const std::uint64_t> rows,
                    io::ElementType type, std::span<const std::byte> features,
                    const Transforms& transforms) {
  const std::size_t width = dataset.row_elements();
  if (transforms.keep_features()) {
    if (!io::is_floating_point(type)) return;
    const auto* numbers = reinterpret_cast<const Real*>(features.data());
    return check_finite(dataset, rows, {numbers, rows.size() * width});
  }
  const Shape shape = transforms.output_shape(Shape{width}, dataset.path());
  std::vector<Real> sample(shape.elements());
  const Span stored = Span(sample).first(width);
  for (std::size_t i = 0; i < rows.size(); ++i) {
    const std::byte* row = features.data() + i * width * io::size_of(type);
    to_real(type, row, stored);
    transforms.apply(sample, width);
    if (all_finite(sample)) continue;
    to_real(type, row, stored);
    fail(ExitCode::bad_data, "{}: data set '{}', row {}: {}", dataset.path(), dataset.name(),
         rows[i], transforms.objection(stored));
  }
}

void to_values(const io::Dataset& dataset, std::span<const std::uint64_t> rows, Span numbers,
               const LabelFormat& format) {
  if (format.positive) {
    for (Real& number : numbers) number = to_binary(number, *format.positive);
  }
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
    const double label = format.positive ? to_binary(numbers[i], *format.positive) : numbers[i];
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
