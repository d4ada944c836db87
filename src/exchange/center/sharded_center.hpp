// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <memory>
#include <span>
#include <vector>

#include "tusk/center.hpp"

namespace tusk::center {

// Where the S shards of a vector begin, and its end: S + 1 offsets. Shards are contiguous and equal
// to within two cache lines, to within an element where there are fewer lines than shards. None is
// empty if there are as many elements as shards.
std::vector<std::size_t> cut_into_shards(std::size_t size, std::size_t shards);

// A worker's access to a center that is spread over S servers; make_center makes one on every
// worker if server.shards is above 1. Every operation does its slice on each shard, which is a
// center of its own. Each shard orders commits by itself, so that an operation is atomic as the
// transport has it within a shard, but not across them: a pull may see one shard with another's
// commit and the next without. Own commits are seen in all.
//
// A Commit's ticket and staleness, and a pull's version, are shard 0's; the others' are told beside
// them (further_shards).
// Scaling by staleness weighs in each shard by the staleness that the commit has there. The board
// is shard 0's. Shards cut the weights; all statistics are behind those of the last.
class ShardedCenter final : public CenterVariable {
 public:
  // `shards` in the order of their slices. Operations begin with shard `first` and go round from
  // there: workers that begin apart do not queue up behind each other.
  ShardedCenter(std::vector<std::unique_ptr<CenterVariable>> shards, std::size_t first);

  std::size_t size() const override { return offsets_.back(); }
  std::size_t statistics() const override { return shards_.back()->statistics(); }
  Commit perform(const Update& update) override;

  // Beside other work an update of all shards goes on at once.
  void start(const Update& update) override;
  bool advance() override;
  Commit complete() override;
  void keep(State& state) override;

  std::span<const Commit> further_shards() const override { return further_; }
  ControlBoard& board() override { return shards_.front()->board(); }

 private:
  Update part_of(const Update& update, std::size_t shard) const;
  template <typename Work>
  void go_round(const Work& work);
  template <typename Operation>
  Commit commit_to_each(const Operation& operation);

  std::vector<std::unique_ptr<CenterVariable>> shards_;
  std::vector<std::size_t> offsets_;  // of the slices, and the end
  std::size_t first_;
  std::vector<Commit> further_;
};

}  // namespace tusk::center
