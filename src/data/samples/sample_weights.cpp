// SPDX-License-Identifier: Apache-2.0
#include "data/samples/sample_weights.hpp"

#include <algorithm>
#include <cmath>
#include <functional>
#include <numeric>

#include "core/log.hpp"
#include "core/units.hpp"
#include "data/datasets/read_rows.hpp"
#include "data/datasets/split.hpp"
#include "data/samples/read_labels.hpp"
#include "mpi/collectively.hpp"
#include "mpi/communicator.hpp"
#include "tusk/aligned_vector.hpp"
#include "tusk/error.hpp"

namespace tusk::samples {
namespace {

// Calls work(rows) for this rank's share of the rows, `step` at a time.
void share_out(const datasets::Rows& rows, const mpi::Communicator& world, std::uint64_t step,
               const std::function<void(const datasets::Rows&)>& work) {
  const datasets::Block mine = datasets::block_of(
      rows.size(), static_cast<std::size_t>(world.rank()), static_cast<std::size_t>(world.size()));
  for (std::uint64_t begin = mine.begin; begin < mine.end; begin += step) {
    work(rows.part({begin, std::min(begin + step, mine.end)}));
  }
}

}  // namespace

void read_weights(const datasets::JoinedDataset& weights, const datasets::Rows& rows,
                  const mpi::Communicator* communicator, std::span<double> out) {
  datasets::read_rows(weights, rows, ElementType::f64, communicator, std::as_writable_bytes(out));
  const auto bad = std::ranges::find_if(out, [](double weight) { return !std::isfinite(weight); });
  if (bad == out.end()) return;
  const std::uint64_t row = rows[static_cast<std::uint64_t>(bad - out.begin())];
  const datasets::JoinedDataset::Part& part = weights.part_of(row);
  fail(ExitCode::bad_data, "{}: data set '{}' has {} in row {}; weights must be finite",
       part.dataset.path(), weights.name(), *bad, row - part.first_row);
}

std::uint64_t survey_weights(const datasets::JoinedDataset& data, const datasets::Rows& rows,
                             const mpi::Communicator& world) {
  std::uint64_t negative = 0;
  std::uint64_t not_zero = 0;
  mpi::collectively(world, [&] {
    std::vector<double> weights;
    share_out(rows, world, 1ULL << 20U, [&](const datasets::Rows& some) {
      weights.resize(some.size());
      read_weights(data, some, nullptr, weights);
      for (const double weight : weights) {
        negative += weight < 0.0 ? 1 : 0;
        not_zero += weight != 0.0 ? 1 : 0;
      }
    });
  });
  not_zero = world.sum(not_zero);
  negative = world.sum(negative);
  mpi::collectively(world, [&] {
    if (not_zero > 0) return;
    fail(ExitCode::bad_data,
         "{}: the weights in data set '{}' are all 0: no row would count for anything", data.path(),
         data.name());
  });
  return negative;
}

void warn_of_negative_weights(const datasets::JoinedDataset& data, std::uint64_t negative,
                              std::uint64_t rows) {
  if (negative == 0) return;
  warning(
      "{}: data set '{}' has negative weights, {} of {}; where they outweigh the others, a loss "
      "has "
      "no lower end, and shares can be below 0 or above 1",
      data.path(), data.name(), format_count(negative), format_count(rows));
}

std::size_t class_of(ConstSpan label) {
  if (label.size() == 1) return label[0] > Real{0.5} ? 1 : 0;
  return static_cast<std::size_t>(std::ranges::max_element(label) - label.begin());
}

std::vector<std::uint64_t> count_classes(const datasets::Dataset& dataset,
                                         const datasets::Rows& rows, const LabelFormat& format,
                                         const mpi::Communicator& world) {
  std::vector<std::uint64_t> counts(format.classes(), 0);
  const bool are_classes = format.kind == LabelFormat::Kind::classes;
  const std::size_t width = are_classes ? 0 : format.width;
  mpi::collectively(world, [&] {
    std::vector<std::int32_t> classes;
    AlignedVector<Real> values;
    const std::uint64_t step = (1ULL << 20U) / std::max<std::size_t>(width, 1) + 1;
    share_out(rows, world, step, [&](const datasets::Rows& some) {
      classes.resize(are_classes ? some.size() : 0);
      values.resize(some.size() * width);
      read_labels(dataset.labels(), some, nullptr, format, classes, values);
      for (const std::int32_t index : classes) ++counts[static_cast<std::size_t>(index)];
      for (std::size_t i = 0; i < values.size(); i += width) {
        ++counts[class_of(ConstSpan(values).subspan(i, width))];
      }
    });
  });
  world.sum(std::span(counts));
  return counts;
}

std::vector<double> balanced_weights(std::span<const std::uint64_t> counts) {
  const auto all = static_cast<double>(std::accumulate(counts.begin(), counts.end(), 0ULL));
  const auto occurring = static_cast<double>(
      std::ranges::count_if(counts, [](std::uint64_t count) { return count > 0; }));
  std::vector<double> weights;
  for (const std::uint64_t count : counts) {
    weights.push_back(count == 0 ? 1.0 : all / (occurring * static_cast<double>(count)));
  }
  return weights;
}

}  // namespace tusk::samples
