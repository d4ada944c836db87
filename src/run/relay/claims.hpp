// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <optional>
#include <vector>

#include "mpi/communicator.hpp"
#include "run/relay/claim_desk.hpp"

namespace tusk::relay {

// Claimed partitions over a tree (trainer.parallelism_factor). A worker asks its relay, which keeps
// at most one claim ahead for each of its workers, so that nobody waits for the network, and gets
// new ones from the desk of rank 0. The messages are small, their own, at most one a millisecond
// and node each way, and wait for no exchange. Each claim is given to one worker; those that no
// worker has begun go back to the desk for a checkpoint (give_back), so that it has only those that
// are still to be claimed, also for other nodes.
class Claims {
 public:
  struct Setup {
    const mpi::Communicator& node;    // this node's ranks, for this alone; its relay is rank 0
    const mpi::Communicator& relays;  // likewise
    std::size_t all_workers = 0;      // of the tree
    std::uint64_t first = 0;          // of the claims
    std::uint64_t end = 0;            // behind the last; who gets it has no more
    std::size_t finished = 0;  // workers of this node that had finished, in a run that goes on
  };
  // What is referred to must outlive the object.
  explicit Claims(const Setup& setup);

  bool advance();  // returns whether there was anything

  // For a checkpoint, while all workers of the tree stand: asks for nothing more, and sends what
  // lies here back. has_given_back(): it has left; on rank 0, and that of all others has come.
  // go_on(): the checkpoint is taken.
  void give_back() { gives_back_ = true; }
  bool has_given_back() const;
  void go_on();

  // On rank 0.
  const ClaimDesk& desk() const { return *desk_; }
  void keep(State& state) { state("desk", *desk_); }

 private:
  using Steady = std::chrono::steady_clock;
  using Numbers = std::vector<std::uint64_t>;

  void take(ClaimDesk::Grant grant);
  void ask_for_more();
  void send(const mpi::Communicator& communicator, const Numbers& numbers, int to, int tag);
  bool hear_workers();
  bool hear_relays();
  void return_claims();
  bool serve();

  Setup setup_;
  std::optional<ClaimDesk> desk_;    // on rank 0
  std::size_t unfinished_;           // workers of this node that have not been told the end
  std::deque<int> waiting_;          // of them, by rank
  std::deque<std::uint64_t> ahead_;  // claims that none has begun
  bool asked_ = false;               // rank 0 has not answered yet
  bool closed_ = false;
  bool over_ = false;
  bool gives_back_ = false;
  bool given_back_ = false;
  int others_ = 0;  // on rank 0: relays that have given back
  Steady::time_point next_ = Steady::now();
  std::vector<mpi::Request> under_way_;
};

// The side of a worker of the node: each call asks the relay for a claim and waits for it.
std::function<std::uint64_t()> claims_of_relay(const mpi::Communicator& node);

}  // namespace tusk::relay
