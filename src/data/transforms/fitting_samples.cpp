// SPDX-License-Identifier: Apache-2.0
#include "data/transforms/fitting_samples.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>

#include "core/log.hpp"
#include "core/near_miss.hpp"
#include "core/to_real.hpp"
#include "data/datasets/read_rows.hpp"
#include "data/datasets/split.hpp"
#include "data/hdf5/attributes.hpp"
#include "mpi/collectively.hpp"
#include "mpi/communicator.hpp"
#include "tusk/error.hpp"

namespace tusk::transforms {
namespace {

// Enough for many ranks, and few enough for 100 MB of statistics of three doubles a column.
constexpr std::size_t most_blocks = 256;
constexpr std::size_t fewest_blocks = 16;
constexpr std::size_t blocks_times_columns = std::size_t{1} << 22;

std::vector<std::string> read_names(const datasets::Dataset& data) {
  auto names = hdf5::read_texts(data.files().front(), data.features().name(), "column_names")
                   .value_or(std::vector<std::string>());
  if (names.size() != data.features().row_elements()) return {};
  return names;
}

bool acceptable(std::span<const double> sample, const Columns& columns,
                FittingSamples::Accept accept) {
  const bool gaps = accept == FittingSamples::Accept::gaps;
  bool all = true;
  columns.each(sample, [&](std::size_t, double x) { all &= std::isfinite(x) || (gaps && x != x); });
  return all;
}

}  // namespace

FittingSamples::FittingSamples(datasets::Dataset data, const datasets::Rows& rows,
                               const mpi::Communicator& communicator, std::string key)
    : data_(std::move(data)),
      rows_(rows),
      communicator_(communicator),
      precision_(real_holds(data_.features().type()) ? Precision::float32 : Precision::float64),
      so_far_({}, std::nullopt, precision_),
      shape_(data_.sample_shape()),
      list_(std::move(key)) {
  agree([&] { names_ = read_names(data_); });
}

void FittingSamples::expect(std::string_view type, std::size_t index) {
  type_ = type;
  key_ = fmt::format("{}.{}", list_, index);
}

void FittingSamples::add(Step step) {
  steps_.push_back(std::move(step));
  so_far_ = Transforms(steps_, std::nullopt, precision_);
  agree([&] { shape_ = so_far_.output_shape(data_.sample_shape(), data_.path()); });
  names_ = steps_.back().transform->column_names(std::move(names_));
}

void FittingSamples::agree(const std::function<void()>& work) const {
  mpi::collectively(communicator_, work);
}

void FittingSamples::reject(std::string_view key, std::string_view what) const {
  fail(ExitCode::bad_experiment, "key '{}.{}' ({}): {}", key_, key, type_, what);
}

std::size_t FittingSamples::resolve(const NumberOrName& column, std::string_view key) const {
  if (const auto* number = std::get_if<std::uint64_t>(&column)) {
    if (*number < width()) return *number;
    reject(key,
           fmt::format("there is no column {}: the columns are 0 to {}", *number, width() - 1));
  }
  const auto& name = std::get<std::string>(column);
  if (names_.empty()) {
    reject(key, fmt::format("the columns of {} have no names, so '{}' is none of them: numbers do",
                            data_.path(), name));
  }
  const auto found = std::ranges::find(names_, name);
  if (found == names_.end()) {
    reject(key,
           fmt::format("{} has no column '{}'{}", data_.path(), name, did_you_mean(name, names_)));
  }
  if (std::count(found, names_.end(), name) > 1) {
    reject(key, fmt::format("{} has several columns called '{}'; give the column's number",
                            data_.path(), name));
  }
  return static_cast<std::size_t>(found - names_.begin());
}

Columns FittingSamples::columns(const ColumnList& list) const {
  std::vector<std::uint32_t> numbers;
  agree([&] {
    if (!list) return;
    if (list->empty()) reject("columns", "at least one column is needed");
    for (const NumberOrName& column : *list) {
      numbers.push_back(static_cast<std::uint32_t>(resolve(column, "columns")));
    }
    std::ranges::sort(numbers);
    const auto twice = std::ranges::adjacent_find(numbers);
    if (twice != numbers.end()) reject("columns", fmt::format("column {} stands twice", *twice));
  });
  return list ? Columns(std::move(numbers)) : Columns();
}

std::size_t FittingSamples::column(const NumberOrName& column, const char* key) const {
  std::size_t number = 0;
  agree([&] { number = resolve(column, key); });
  return number;
}

std::string FittingSamples::column_name(const Columns& columns, std::size_t i) const {
  const std::size_t number = columns.number(i);
  return names_.empty() ? fmt::format("column {}", number)
                        : fmt::format("column {} ({})", number, names_[number]);
}

void FittingSamples::warn_of_constants(const Columns& columns,
                                       std::span<const std::size_t> constants) const {
  constexpr std::size_t most_named = 6;
  if (constants.empty()) return;
  std::vector<std::string> names;
  for (const std::size_t i : constants.first(std::min(constants.size(), most_named))) {
    names.push_back(column_name(columns, i));
  }
  if (constants.size() > most_named) names.emplace_back("…");
  warning("{} ({}): {} of {} columns {} the same number in every training row: {}", key_, type_,
          constants.size(), columns.count(width()), constants.size() == 1 ? "has" : "have",
          fmt::join(names, ", "));
}

std::size_t FittingSamples::blocks() const {
  return std::clamp(blocks_times_columns / std::max<std::size_t>(width(), 1), fewest_blocks,
                    most_blocks);
}

void FittingSamples::visit(const Columns& columns, Accept accept, const Take& take) const {
  agree([&] {
    const datasets::Block mine =
        datasets::block_of(blocks(), static_cast<std::size_t>(communicator_.rank()),
                           static_cast<std::size_t>(communicator_.size()));
    for (std::uint64_t block = mine.begin; block < mine.end; ++block) {
      visit_block(block, columns, accept, take);
    }
  });
}

void FittingSamples::visit_block(std::size_t block, const Columns& columns, Accept accept,
                                 const Take& take) const {
  const datasets::JoinedDataset& features = data_.features();
  const datasets::Block positions = datasets::block_of(rows_.size(), block, blocks());
  const ElementType type = features.type();
  const std::size_t row_bytes = features.row_elements() * size_of(type);
  std::vector<double> stored(features.row_elements());
  std::vector<double> sample(width());
  std::vector<std::byte> buffer;
  for (std::uint64_t begin = positions.begin; begin < positions.end;) {
    const std::uint64_t end = std::min(begin + features.rows_per_transfer(), positions.end);
    const datasets::Rows rows = rows_.part({begin, end});
    buffer.resize(rows.size() * row_bytes);
    datasets::read_rows(features, rows, type, nullptr, buffer);
    for (std::size_t i = 0; i < rows.size(); ++i) {
      to_double(type, buffer.data() + i * row_bytes, stored);
      std::ranges::copy(stored, sample.begin());
      so_far_.apply(std::span(sample), stored.size());
      if (!acceptable(sample, columns, accept)) {
        const datasets::JoinedDataset::Part& file = features.part_of(rows[i]);
        fail(ExitCode::bad_data, "{}: data set '{}', row {}, of which {} ({}) is to learn: {}",
             file.dataset.path(), features.name(), rows[i] - file.first_row, key_, type_,
             so_far_.objection(stored));
      }
      take(block, sample);
    }
    begin = end;
  }
}

std::vector<double> FittingSamples::reduce(Accept accept, std::size_t count, const Add& add,
                                           const Merge& merge) const {
  std::vector<double> of_blocks(blocks() * count);
  const auto state_of = [&](std::size_t block) {
    return std::span(of_blocks).subspan(block * count, count);
  };
  visit(Columns(), accept,
        [&](std::size_t block, std::span<const double> sample) { add(sample, state_of(block)); });
  communicator_.sum(std::span(of_blocks));  // each block's from one rank, and zeros from the others
  for (std::size_t block = 1; block < blocks(); ++block) merge(state_of(0), state_of(block));
  of_blocks.resize(count);
  return of_blocks;
}

}  // namespace tusk::transforms
