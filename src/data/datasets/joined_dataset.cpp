// SPDX-License-Identifier: Apache-2.0
#include "data/datasets/joined_dataset.hpp"

#include <algorithm>

#include "tusk/error.hpp"

namespace tusk::datasets {
namespace {

std::string describe(const hdf5::NumberDataset& dataset) {
  return std::string(name_of(dataset.type())) + " " + dataset.row_shape().to_string();
}

void check_alike(const hdf5::NumberDataset& first, const hdf5::NumberDataset& other) {
  if (other.type() != first.type() || other.row_shape() != first.row_shape()) {
    fail(ExitCode::bad_data, "{}: rows of '{}' are {}, but those of {} are {}", other.path(),
         other.name(), describe(other), first.path(), describe(first));
  }
}

}  // namespace

JoinedDataset::JoinedDataset(const std::vector<hdf5::NumberDataset>& datasets) {
  std::uint64_t next_row = 0;
  for (const hdf5::NumberDataset& dataset : datasets) {
    check_alike(datasets.front(), dataset);
    parts_.push_back({dataset, next_row});
    next_row += dataset.rows();
  }
}

const JoinedDataset::Part& JoinedDataset::part_of(std::uint64_t row) const {
  return *std::ranges::upper_bound(parts_, row, {}, &Part::end_row);
}

void JoinedDataset::read_rows(std::uint64_t begin, std::uint64_t end, ElementType type,
                              std::span<std::byte> out) const {
  const std::size_t row_bytes = row_elements() * size_of(type);
  while (begin < end) {
    const Part& part = part_of(begin);
    const std::uint64_t part_end = std::min(end, part.end_row());
    const std::size_t bytes = (part_end - begin) * row_bytes;
    part.dataset.read_rows(begin - part.first_row, part_end - part.first_row, type,
                           out.first(bytes));
    out = out.subspan(bytes);
    begin = part_end;
  }
}

std::uint64_t JoinedDataset::rows_per_transfer() const {
  std::uint64_t most = 1;
  for (const Part& part : parts_) most = std::max(most, part.dataset.rows_per_transfer());
  return most;
}

}  // namespace tusk::datasets
