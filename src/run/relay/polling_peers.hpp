// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <utility>
#include <vector>

#include "mpi/communicator.hpp"
#include "tusk/peers.hpp"

namespace tusk::relay {

// What a relay does while it waits, bit by bit; returns whether there was anything to do.
using Meanwhile = std::function<bool()>;

// The relays of a tree as peers. A sum is MPI_Iallreduce, and while it is under way `meanwhile` is
// called again and again: whoever waits for a slow network goes on serving its node.
class PollingPeers final : public center::Peers {
 public:
  // `relays`, which must outlive the object, is for these sums and barriers alone.
  PollingPeers(const mpi::Communicator& relays, Meanwhile meanwhile)
      : relays_(relays), meanwhile_(std::move(meanwhile)) {}

  std::size_t count() const override { return static_cast<std::size_t>(relays_.size()); }
  std::size_t index() const override { return static_cast<std::size_t>(relays_.rank()); }
  void sum(std::span<float> values) override { wait_for(relays_.isum(values)); }
  void sum(std::span<double> values) override { wait_for(relays_.isum(values)); }
  void sum(std::span<std::uint64_t> values) { wait_for(relays_.isum(values)); }
  std::uint64_t max(std::uint64_t value) override;

  void meet();  // a barrier

 private:
  void wait_for(std::vector<mpi::Request> requests) const;

  const mpi::Communicator& relays_;
  Meanwhile meanwhile_;
};

}  // namespace tusk::relay
