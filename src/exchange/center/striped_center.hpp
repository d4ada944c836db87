// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "exchange/center/cells.hpp"
#include "exchange/center/stripe_lock.hpp"
#include "exchange/center/update.hpp"

namespace tusk::center {

// The center of the transport `shared`, in memory that all processes of a node map at a page
// boundary:
//
//   update counter, board cells | one lock a stripe, 64 bytes each | page-aligned θ |
//   shares kept of the statistics | v, θ_kept
//
// the last two for a center that keeps an outer momentum.
//
// Who does what: shared_transport.cpp allocates and maps the memory, and its workers and its server
// each call perform() for every update. This class knows where things lie and in which order
// stripes are locked; stripe_lock is one lock, update.cpp's apply() the arithmetic on one stripe.
//
// An update is one sweep over the stripes, hand over hand: lock stripe 0, take the ticket, and for
// each stripe do the work, lock the next, unlock this one. All begin at stripe 0, so sweeps follow
// each other like trains and none overtakes (statistics go along with the last stripe): whole
// vectors are linearizable in the order of the tickets, while as many processes as there are
// stripes work at once. Alone, a sweep costs what the same loop costs on private memory.
//
// A node's memory is reached by some 30 cores together, so that as many stripes are wanted at
// least: 8,192 floats each, fewer in small models, but a stripe takes ten times as long as its lock
// needs from core to core. 100,000 weights have 49 stripes, a million 123. Below 65,536 a whole
// sweep takes some microseconds, and would take a tenth longer.
//
// The locks are robust. A process that dies with one leaves a center that is half changed; whoever
// finds it gets Error(internal), and so does everybody after, because nothing is repaired.
class StripedCenter {
 public:
  static constexpr std::size_t page = 4096;
  static constexpr std::size_t largest_stripe = 8192;  // floats; 4 Ki to 256 Ki are level
  static constexpr std::size_t smallest_stripe = 2048;

  // Floats a stripe of a center with so many weights.
  static std::size_t stripe_of(std::size_t size);

  // The bytes that a center of `size` weights needs from a page boundary on.
  static std::size_t bytes(std::size_t size, std::size_t workers, std::size_t statistics = 0,
                           bool momentum = false);

  // How many bytes it is from there to the next page boundary.
  static std::size_t offset_to_page(const std::byte* memory);

  // A view; the memory must outlive it. One process calls initialize() before any other call, of
  // whatever process.
  StripedCenter(std::byte* memory, std::size_t size, std::size_t workers,
                std::size_t statistics = 0, bool momentum = false);
  void initialize(std::span<const float> initial, std::span<const float> momentum = {});

  Receipt perform(Update update) const;         // under the locks: consistency `snapshot`
  Receipt perform_racing(Update update) const;  // without: `none`, where only tickets are exact

  // CenterServer's, under the locks: sweeps like the others.
  std::uint64_t take(std::span<float> out, std::span<float> kept) const;
  std::uint64_t merge(std::span<const float> change) const;

  std::size_t size() const { return size_; }
  std::size_t statistics() const { return statistics_; }
  std::span<float> momentum() const { return momentum_; }  // v, then θ_kept
  std::uint64_t updates() const;
  void set_updates(std::uint64_t updates) const;  // before anyone else uses it
  std::span<std::int64_t> cells() const { return cells_; }

 private:
  std::uint64_t take_ticket(Update& update) const;
  float* kept() const { return theta_ + size_ + statistics_; }

  std::size_t size_;
  std::size_t stripe_;
  std::size_t statistics_;
  std::uint64_t* counter_;
  std::span<std::int64_t> cells_;
  std::span<StripeLock> locks_;
  float* theta_;
  std::span<float> momentum_;
};

}  // namespace tusk::center
