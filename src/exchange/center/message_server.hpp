// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "exchange/center/center_server.hpp"
#include "exchange/center/compression.hpp"
#include "exchange/center/local_state.hpp"
#include "exchange/center/message_protocol.hpp"
#include "exchange/center/transports.hpp"
#include "mpi/communicator.hpp"
#include "mpi/polite_wait.hpp"
#include "tusk/aligned_vector.hpp"

namespace tusk::center {

// Rank 0's side of the transport `message`. A worker's vectors are received whole into memory of
// its own, in posted receives, before the update is done at one go: a slow wire holds nobody else
// up, and updates are linearizable. Memory: θ, and two to three times as much for each worker.
class MessageServer final : public CenterServer {
 public:
  MessageServer(mpi::Communicator communicator, std::span<const float> initial,
                const TransportOptions& options);

  std::size_t size() const override { return size_ + statistics_; }
  bool progress() override;
  double sleep_s(double idle_s) const override { return mpi::polite_sleep_s(idle_s); }
  std::uint64_t snapshot(std::span<float> out) override;
  AlignedVector<float> momentum() override {
    return {state_->momentum().begin(), state_->momentum().end()};
  }
  std::uint64_t updates() override { return state_->updates(); }
  void set_updates(std::uint64_t updates) override { state_->set_updates(updates); }
  ControlBoard& board() override { return state_->board(); }

  // Of this process, for those in it who exchange as well (LocalCenter).
  const std::shared_ptr<LocalState>& state() const { return state_; }

 private:
  // What is kept for a worker. Requests come after the memory they use, so that they end before it.
  struct Caller {
    int rank = 0;
    Question question;
    AlignedVector<float> in;
    AlignedVector<float> statistics;      // `in` and `decay`
    AlignedVector<std::byte> compressed;  // what arrives instead, where commits are compressed
    AlignedVector<float> pulled;
    AlignedVector<float> out;
    std::vector<std::int64_t> answer;
    mpi::Request asking;
    Transfer arriving;  // posted before the question comes
    Transfer arriving_statistics;
    Transfer arriving_pulled;  // only for a question that brings it
    Transfer leaving;
    Transfer leaving_statistics;
    mpi::Request answering;
    bool heard = false;  // the question is here, its vectors may not be
  };

  bool leave(Caller& caller);
  void listen(Caller& caller);
  void expect_commit(Caller& caller);
  void reclaim(Caller& caller);
  bool attend(Caller& caller);
  void answer(Caller& caller);
  void answer_update(Caller& caller);

  mpi::Communicator communicator_;
  std::size_t size_;  // weights
  std::size_t statistics_;
  CompressionOptions compression_;
  std::shared_ptr<LocalState> state_;
  std::vector<AlignedVector<float>> spare_;  // for results; lent to callers
  std::vector<Caller> callers_;
};

}  // namespace tusk::center
