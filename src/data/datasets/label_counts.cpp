// SPDX-License-Identifier: Apache-2.0
#include "data/datasets/label_counts.hpp"

#include <algorithm>
#include <cstring>

#include "data/datasets/read_blocks.hpp"
#include "mpi/communicator.hpp"
#include "tusk/error.hpp"

namespace tusk::datasets {
namespace {

constexpr std::size_t most_labels = 1000;

template <typename T>
std::vector<std::int64_t> widened(std::span<const std::byte> bytes) {
  std::vector<T> values(bytes.size() / sizeof(T));
  if (!values.empty()) std::memcpy(values.data(), bytes.data(), bytes.size());
  std::vector<std::int64_t> integers(values.size());
  std::ranges::transform(values, integers.begin(),
                         [](T value) { return static_cast<std::int64_t>(value); });
  return integers;
}

}  // namespace

void LabelCounts::add(std::span<const std::int64_t> labels) {
  for (const std::int64_t label : labels) add(label, 1);
}

void LabelCounts::add(std::int64_t label, std::uint64_t count) {
  const auto known = counts_.find(label);
  if (known != counts_.end()) {
    known->second += count;
  } else if (counts_.size() < most_labels) {
    counts_.emplace(label, count);
  } else {
    too_many_ = true;
  }
}

void LabelCounts::unite(const mpi::Communicator& communicator) {
  const Counts all = sum_of_counts(communicator, counts_);
  counts_.clear();
  for (const auto& [label, count] : all) add(label, count);
  too_many_ = communicator.max(too_many_ ? 1 : 0) != 0;
}

LabelCounts::Counts sum_of_counts(const mpi::Communicator& communicator,
                                  const LabelCounts::Counts& mine) {
  struct Count {
    std::int64_t number;
    std::uint64_t count;
  };
  std::vector<Count> counts;
  for (const auto& [number, count] : mine) counts.push_back({number, count});
  LabelCounts::Counts all;
  for (const auto& part : communicator.all_gather(std::span<const Count>(counts))) {
    for (const auto& [number, count] : part) all[number] += count;
  }
  return all;
}

std::vector<std::int64_t> integers_of(ElementType type, std::span<const std::byte> labels) {
  using enum ElementType;
  switch (type) {
    case u8:
      return widened<std::uint8_t>(labels);
    case i8:
      return widened<std::int8_t>(labels);
    case u16:
      return widened<std::uint16_t>(labels);
    case i16:
      return widened<std::int16_t>(labels);
    case u32:
      return widened<std::uint32_t>(labels);
    case i32:
      return widened<std::int32_t>(labels);
    case u64:
      return widened<std::uint64_t>(labels);
    case i64:
      return widened<std::int64_t>(labels);
    case f32:
    case f64:
      break;
  }
  fail(ExitCode::internal, "labels of type {} are no integers", name_of(type));
}

std::optional<LabelCounts::Counts> count_labels(const hdf5::NumberDataset& labels) {
  if (labels.extents().size() != 1 || is_floating_point(labels.type())) return std::nullopt;
  LabelCounts counts;
  read_blocks<std::int64_t>(labels,
                            [&](std::span<const std::int64_t> block) { counts.add(block); });
  if (counts.too_many()) return std::nullopt;
  return counts.counts();
}

}  // namespace tusk::datasets
