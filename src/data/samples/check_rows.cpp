// SPDX-License-Identifier: Apache-2.0
#include "data/samples/check_rows.hpp"

#include <algorithm>
#include <cmath>
#include <string>

#include "core/to_real.hpp"
#include "tusk/error.hpp"

namespace tusk::samples {
namespace {

// Where a row is for people: in which file, and its number there.
struct Place {
  const std::string& path;
  std::uint64_t row = 0;
};

Place find(const datasets::JoinedDataset& dataset, std::uint64_t row) {
  const datasets::JoinedDataset::Part& part = dataset.part_of(row);
  return {part.dataset.path(), row - part.first_row};
}

// Checks features that no transform changes, all in one sweep.
void check_finite(const datasets::JoinedDataset& dataset, const datasets::Rows& rows,
                  ConstSpan numbers) {
  if (transforms::all_finite(numbers)) return;
  const auto bad =
      std::find_if(numbers.begin(), numbers.end(), [](Real x) { return !std::isfinite(x); });
  const auto position = static_cast<std::size_t>(bad - numbers.begin());
  const std::size_t width = dataset.row_elements();
  const Place place = find(dataset, rows[position / width]);
  fail(ExitCode::bad_data, "{}: data set '{}' has {} in row {}, column {}; features must be finite",
       place.path, dataset.name(), *bad, place.row, position % width);
}

}  // namespace

void check_features(const datasets::JoinedDataset& dataset, const datasets::Rows& rows,
                    ElementType type, std::span<const std::byte> features,
                    const transforms::Transforms& transforms) {
  const std::size_t width = dataset.row_elements();
  if (transforms.keep_features() && !transforms.index_limit()) {
    if (!is_floating_point(type)) return;
    const auto* numbers = reinterpret_cast<const Real*>(features.data());
    return check_finite(dataset, rows, {numbers, rows.size() * width});
  }
  const Shape shape = transforms.output_shape(Shape{width}, dataset.path());
  std::vector<Real> sample(shape.elements());
  for (std::size_t i = 0; i < rows.size(); ++i) {
    const std::byte* row = features.data() + i * width * size_of(type);
    transforms.apply(type, row, width, sample);
    if (!transforms.accepts(sample)) fail_features(dataset, rows[i], type, row, transforms);
  }
}

void fail_features(const datasets::JoinedDataset& dataset, std::uint64_t row, ElementType type,
                   const std::byte* features, const transforms::Transforms& transforms) {
  std::vector<double> stored(dataset.row_elements());
  to_double(type, features, stored);
  const Place place = find(dataset, row);
  fail(ExitCode::bad_data, "{}: data set '{}', row {}: {}", place.path, dataset.name(), place.row,
       transforms.objection(stored));
}

double to_binary(double label, double positive) {
  if (!std::isfinite(label)) return label;
  return label == positive ? 1.0 : 0.0;
}

void check_values(const datasets::JoinedDataset& dataset, const datasets::Rows& rows,
                  ConstSpan numbers, const LabelFormat& format) {
  const auto low = static_cast<Real>(format.low);
  const auto high = static_cast<Real>(format.high);
  const auto bad = std::find_if(numbers.begin(), numbers.end(),
                                [=](Real x) { return !(x >= low && x <= high); });
  if (bad == numbers.end()) return;
  const auto position = static_cast<std::size_t>(bad - numbers.begin());
  const bool bounded = format.low == 0.0;
  const Place place = find(dataset, rows[position / format.width]);
  fail(ExitCode::bad_data, "{}: data set '{}' has {} in row {}; {}", place.path, dataset.name(),
       *bad, place.row,
       bounded ? "labels of a cross-entropy are from 0 to 1" : "labels must be finite");
}

std::vector<std::int32_t> to_classes(const datasets::JoinedDataset& dataset,
                                     const datasets::Rows& rows, std::span<const double> numbers,
                                     const LabelFormat& format) {
  std::vector<std::int32_t> classes(numbers.size());
  const auto limit = static_cast<double>(format.width);
  for (std::size_t i = 0; i < numbers.size(); ++i) {
    const double label = format.positive ? to_binary(numbers[i], *format.positive) : numbers[i];
    if (!(label >= 0.0 && label < limit && label == std::floor(label))) {
      const Place place = find(dataset, rows[i]);
      fail(ExitCode::bad_data,
           "{}: data set '{}' has {} in row {}; with the model's {} outputs, classes are 0 to {}{}",
           place.path, dataset.name(), label, place.row, format.width, format.width - 1,
           label == limit ? " (labels that count from 1 are to be lowered by 1)" : "");
    }
    classes[i] = static_cast<std::int32_t>(label);
  }
  return classes;
}

}  // namespace tusk::samples
