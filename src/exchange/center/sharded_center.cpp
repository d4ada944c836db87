// SPDX-License-Identifier: Apache-2.0
#include "exchange/center/sharded_center.hpp"

#include <algorithm>
#include <utility>

#include "exchange/center/require_size.hpp"

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
    const std::uint64_t delay = std::max(whole.delay, part.delay);
    if (shard == 0) whole = part;
    whole.delay = delay;
  });
  return whole;
}

std::uint64_t ShardedCenter::pull(std::span<float> out) {
  require_size(out.size(), size());
  std::uint64_t version = 0;
  go_round([&](CenterVariable& center, std::size_t shard) {
    const std::uint64_t pulled = center.pull(slice(out, shard));
    if (shard == 0) version = pulled;
  });
  return version;
}

Commit ShardedCenter::commit(std::span<const float> delta) {
  require_size(delta.size(), size());
  return commit_to_each([&](CenterVariable& center, std::size_t shard) {
    return center.commit(slice(delta, shard));
  });
}

Commit ShardedCenter::commit_and_pull(std::span<const float> delta, std::span<float> out) {
  require_size(delta.size(), size());
  require_size(out.size(), size());
  return commit_to_each([&](CenterVariable& center, std::size_t shard) {
    return center.commit_and_pull(slice(delta, shard), slice(out, shard));
  });
}

Commit ShardedCenter::commit_scaled(std::span<const float> delta, const Scaling& scaling,
                                    std::span<float> out) {
  require_size(delta.size(), size());
  require_size(out.size(), size());
  if (scaling.rule == Scaling::Rule::proximity) require_size(scaling.pulled.size(), size());
  return commit_to_each([&](CenterVariable& center, std::size_t shard) {
    Scaling part = scaling;
    if (scaling.rule == Scaling::Rule::proximity) part.pulled = slice(scaling.pulled, shard);
    return center.commit_scaled(slice(delta, shard), part, slice(out, shard));
  });
}

Commit ShardedCenter::commit_change(std::span<float> x, std::span<float> pulled,
                                    const Change& change) {
  require_size(x.size(), size());
  require_size(pulled.size(), size());
  return commit_to_each([&](CenterVariable& center, std::size_t shard) {
    return center.commit_change(slice(x, shard), slice(pulled, shard), change);
  });
}

Commit ShardedCenter::elastic(std::span<const float> x, float alpha, std::span<float> force) {
  require_size(x.size(), size());
  require_size(force.size(), size());
  return commit_to_each([&](CenterVariable& center, std::size_t shard) {
    return center.elastic(slice(x, shard), alpha, slice(force, shard));
  });
}

void ShardedCenter::begin(const Exchange& exchange) {
  require_size(exchange.in.size(), size());
  require_size(exchange.out.size(), size());
  go_round([&](CenterVariable& center, std::size_t shard) {
    Exchange part = exchange;
    part.in = slice(exchange.in, shard);
    part.out = slice(exchange.out, shard);
    center.begin(part);
  });
}

bool ShardedCenter::advance() {
  bool done = true;
  go_round([&](CenterVariable& center, std::size_t) { done = center.advance() && done; });
  return done;
}

Commit ShardedCenter::finish() {
  advance();  // all on their way before one is waited for
  return commit_to_each([](CenterVariable& center, std::size_t) { return center.finish(); });
}

}  // namespace tusk::center
