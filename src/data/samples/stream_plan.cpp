// SPDX-License-Identifier: Apache-2.0
#include "data/samples/stream_plan.hpp"

#include <algorithm>
#include <numeric>

#include "core/units.hpp"
#include "data/datasets/split.hpp"
#include "tusk/error.hpp"

namespace tusk::samples {
namespace {

constexpr std::uint64_t largest_block_bytes = 8ULL << 20;
constexpr std::uint64_t blocks_of_window = 16;  // at least, where chunks are not larger

// The rows, at least one, that a block of this data set has: whole chunks, or nearly `target`.
std::uint64_t whole_chunks(const hdf5::NumberDataset& dataset, std::uint64_t target) {
  const std::uint64_t chunk = dataset.chunk_rows();
  if (chunk == 0 || (chunk > target && !dataset.is_compressed())) return target;
  return std::max(target / chunk, std::uint64_t{1}) * chunk;
}

// The rows of a block of the file that is part `index` of both.
std::uint64_t block_rows(const datasets::Dataset& dataset, std::size_t index,
                         std::uint64_t target) {
  const hdf5::NumberDataset& features = dataset.features().parts()[index].dataset;
  const std::uint64_t rows = whole_chunks(features, target);
  std::vector<const datasets::JoinedDataset*> beside;
  for (std::size_t i = 1; i < dataset.inputs(); ++i) beside.push_back(&dataset.features(i));
  for (std::size_t i = 0; i < dataset.labels_count(); ++i) {
    beside.push_back(&dataset.labels(i));
    if (dataset.has_weights(i)) beside.push_back(&dataset.weights(i));
  }
  std::uint64_t common = features.is_compressed() ? features.chunk_rows() : 1;
  bool is_common = false;
  for (const datasets::JoinedDataset* joined : beside) {
    const hdf5::NumberDataset& part = joined->parts()[index].dataset;
    if (!part.is_compressed()) continue;
    std::uint64_t multiple = common / std::gcd(common, part.chunk_rows());
    if (__builtin_mul_overflow(multiple, part.chunk_rows(), &multiple)) continue;
    if (multiple > 4 * rows) continue;
    common = multiple;
    is_common = true;
  }
  return is_common ? std::max(target / common, std::uint64_t{1}) * common : rows;
}

// The ends, as positions, of the blocks that `rows` are cut into.
std::vector<std::uint64_t> cut(const datasets::Dataset& dataset, const datasets::Rows& rows,
                               std::uint64_t target) {
  std::vector<std::uint64_t> ends;
  const auto& parts = dataset.features().parts();
  std::uint64_t position = 0;
  for (std::size_t i = 0; i < parts.size(); ++i) {
    const std::uint64_t step = block_rows(dataset, i, target);
    const std::uint64_t part_end = rows.position_of(parts[i].end_row());
    while (position < part_end) {
      const std::uint64_t steps = (rows[position] - parts[i].first_row) / step + 1;
      position = std::min(part_end, rows.position_of(parts[i].first_row + steps * step));
      ends.push_back(position);
    }
  }
  return ends;
}

}  // namespace

StreamPlan::StreamPlan(const datasets::Dataset& dataset, const datasets::Rows& rows,
                       std::size_t sample_bytes, std::uint64_t memory_limit) {
  const std::uint64_t window_bytes = memory_limit / 2;
  const std::uint64_t block_bytes = std::min(largest_block_bytes, window_bytes / blocks_of_window);
  ends_ = cut(dataset, rows, std::max(block_bytes / sample_bytes, std::uint64_t{1}));
  std::uint64_t largest = 1;
  for (std::size_t i = 0; i < blocks(); ++i) largest = std::max(largest, block(i).size());
  const std::uint64_t together = window_bytes / (largest * sample_bytes);
  if (together == 0) {
    fail(ExitCode::bad_experiment,
         "{}: data.memory_limit = \"{}\" is too small to stream it: {} at a time, {} {}, are read "
         "into one of two buffers, which needs {}",
         dataset.path(), format_bytes(memory_limit), largest == 1 ? "single rows" : "whole chunks",
         format_count(largest), largest == 1 ? "row" : "rows",
         format_bytes(2 * largest * sample_bytes));
  }
  windows_ = (blocks() + together - 1) / together;
  for (std::size_t i = 0; i < windows_; ++i) {
    window_samples_ = std::max<std::size_t>(window_samples_, window(i).size() * largest);
  }
}

datasets::Block StreamPlan::block(std::size_t index) const {
  return {index == 0 ? 0 : ends_[index - 1], ends_[index]};
}

datasets::Block StreamPlan::window(std::size_t index) const {
  return datasets::block_of(blocks(), index, windows_);
}

std::vector<std::uint32_t> StreamPlan::blocks_in_order() const {
  std::vector<std::uint32_t> order(blocks());
  std::iota(order.begin(), order.end(), 0U);
  return order;
}

std::vector<std::uint32_t> StreamPlan::shuffled_blocks(Random& random) const {
  std::vector<std::uint32_t> order = blocks_in_order();
  shuffle(order, random);
  return order;
}

}  // namespace tusk::samples
