// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <memory>
#include <span>
#include <vector>

#include "exchange/center/center_server.hpp"
#include "exchange/center/message_protocol.hpp"
#include "mpi/communicator.hpp"
#include "tusk/aligned_vector.hpp"

namespace tusk::center {

// Rank 0's side of a center that is spread over servers (sharded_center.hpp has the workers'). It
// serves shard 0 and asks the others' servers, on a communicator of theirs, for their slices of a
// snapshot. Counter and board are shard 0's. Every shard's slice is as it is when its server hears
// of it: there is no version of the whole vector while workers commit.
class ShardedServer final : public CenterServer {
 public:
  // `offsets`: where the shards' slices begin, and the end (cut_into_shards); the last slice ends
  // with so many statistics.
  ShardedServer(mpi::Communicator servers, std::unique_ptr<CenterServer> own,
                std::vector<std::size_t> offsets, std::size_t statistics);

  std::size_t size() const override { return offsets_.back(); }
  bool progress() override { return own_->progress(); }
  double sleep_s(double idle_s) const override { return own_->sleep_s(idle_s); }
  std::uint64_t snapshot(std::span<float> out) override;
  AlignedVector<float> momentum() override;
  std::uint64_t updates() override { return own_->updates(); }
  void set_updates(std::uint64_t updates) override { own_->set_updates(updates); }
  ControlBoard& board() override { return own_->board(); }

 private:
  Transfer ask(std::size_t shard, std::byte question, std::span<float> answer);
  void wait_for(std::vector<Transfer>& arriving);

  mpi::Communicator servers_;
  std::unique_ptr<CenterServer> own_;
  std::vector<std::size_t> offsets_;
  std::size_t statistics_;
};

// The side of the other servers, on ranks 1 to S − 1: a shard as a center of its own, whose
// progress() also answers rank 0. coordinator::serve_shard() calls it until the workers are done.
class ShardServer final : public CenterServer {
 public:
  ShardServer(mpi::Communicator servers, std::unique_ptr<CenterServer> own);

  std::size_t size() const override { return own_->size(); }
  bool progress() override;
  double sleep_s(double idle_s) const override { return own_->sleep_s(idle_s); }
  std::uint64_t snapshot(std::span<float> out) override { return own_->snapshot(out); }
  AlignedVector<float> momentum() override { return own_->momentum(); }
  std::uint64_t updates() override { return own_->updates(); }
  void set_updates(std::uint64_t updates) override { own_->set_updates(updates); }
  ControlBoard& board() override { return own_->board(); }

 private:
  void listen();
  bool answer();

  // Requests come after the memory they use, so that they end before it.
  mpi::Communicator servers_;
  std::unique_ptr<CenterServer> own_;
  AlignedVector<float> copy_;
  std::byte question_{};
  mpi::Request asking_;
  Transfer leaving_;
};

}  // namespace tusk::center
