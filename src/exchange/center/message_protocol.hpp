// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "exchange/center/update.hpp"
#include "mpi/communicator.hpp"

namespace tusk::center {

// A worker's call to rank 0. It sends the question, then the update's vectors (behind what is
// committed, for a center with statistics, the statistics' `in` and `decay`), and receives the
// update's result, that of the statistics, and the answer: the ticket, the values of `value` cells
// from `cell` on (read), or the cell's value: after a store, before an addition. A worker asks one
// question at a time.
struct Question {
  enum class Topic : std::uint32_t { update, read, store, fetch_add };
  Topic topic = Topic::update;
  Update::Kind kind = Update::Kind::pull;
  float factor = 1.0F;
  std::uint64_t version = 0;
  std::uint64_t absent = 0;
  std::uint64_t least = 1;
  std::uint64_t every = 1;
  float momentum = 0.0F;
  float learning_rate = 1.0F;
  std::uint64_t cell = 0;
  std::int64_t value = 0;
};

namespace tag {
inline constexpr int question = 1;
inline constexpr int in = 2;
inline constexpr int pulled = 3;
inline constexpr int out = 4;
inline constexpr int answer = 5;
inline constexpr int statistics = 6;  // both ways
}  // namespace tag

// Vectors travel in pieces of 60 KiB: the next are on their way while one is worked on. A piece
// fits into what Open MPI sends over TCP at once (btl_tcp_eager_limit, 64 KiB); larger ones ask
// first, which halves the rate between two hosts, and are a tenth faster on one.
inline constexpr std::size_t piece = 61440;  // bytes

// A vector under way. The memory must stay until it is done.
class Transfer {
 public:
  Transfer() = default;  // nothing, done
  static Transfer send(const mpi::Communicator& communicator, std::span<const std::byte> bytes,
                       int to, int tag);
  static Transfer receive(const mpi::Communicator& communicator, std::span<std::byte> bytes,
                          int from, int tag);

  void add(mpi::Request request) { pieces_.push_back(std::move(request)); }
  bool advance();  // whether a piece was done since the last call
  bool done() const { return first_ == pieces_.size(); }
  void wait();

 private:
  std::vector<mpi::Request> pieces_;
  std::size_t first_ = 0;  // the first that is not known to be done
};

}  // namespace tusk::center
