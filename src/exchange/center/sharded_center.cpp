// SPDX-License-Identifier: Apache-2.0
#include "exchange/center/sharded_center.hpp"

#include <algorithm>
#include <utility>

#include "exchange/center/update.hpp"

namespace tusk::center {

std::vector<std::size_t> cut_into_shards(std::size_t size, std::size_t shards) {
  constexpr std::size_t line = 64 / sizeof(float);
  const std::size_t block = size / line >= shards ? line : 1;
  std::vector<std::size_t> offsets;
  for (std::size_t shard = 0; shard < shards; ++shard) {
    offsets.push_back(size / block * shard / shards * block);
  }
  offsets.push_back(size);
  return offsets;
}

ShardedCenter::ShardedCenter(std::vector<std::unique_ptr<CenterVariable>> shards, std::size_t first)
    : shards_(std::move(shards)), offsets_{0}, first_(first % shards_.size()) {
  for (const auto& shard : shards_) offsets_.push_back(offsets_.back() + shard->size());
  further_.resize(shards_.size() - 1);
}

Update ShardedCenter::part_of(const Update& update, std::size_t shard) const {
  Update part = update.from(offsets_[shard]);
  if (shard + 1 < shards_.size()) part.statistics = {};
  return part;
}

// work(center, shard) for every shard.
template <typename Work>
void ShardedCenter::go_round(const Work& work) {
  for (std::size_t turn = 0; turn < shards_.size(); ++turn) {
    const std::size_t shard = (first_ + turn) % shards_.size();
    work(*shards_[shard], shard);
  }
}

template <typename Operation>
Commit ShardedCenter::commit_to_each(const Operation& operation) {
  Commit whole;
  go_round([&](CenterVariable& center, std::size_t shard) {
    const Commit part = operation(center, shard);
    if (shard == 0) whole = part;
    if (shard > 0) further_[shard - 1] = part;
  });
  return whole;
}

Commit ShardedCenter::perform(const Update& update) {
  return commit_to_each([&](CenterVariable& center, std::size_t shard) {
    return center.perform(part_of(update, shard));
  });
}

void ShardedCenter::start(const Update& update) {
  go_round(
      [&](CenterVariable& center, std::size_t shard) { center.start(part_of(update, shard)); });
}

bool ShardedCenter::advance() {
  bool done = true;
  go_round([&](CenterVariable& center, std::size_t) { done = center.advance() && done; });
  return done;
}

Commit ShardedCenter::complete() {
  advance();  // all on their way before one is waited for
  return commit_to_each([](CenterVariable& center, std::size_t) { return center.complete(); });
}

void ShardedCenter::keep(State& state) {
  for (const auto& shard : shards_) state("shard", *shard);
}

}  // namespace tusk::center
