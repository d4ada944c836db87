// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>

#include "experiment/relay_options.hpp"
#include "run/records/history_file.hpp"
#include "run/relay/courier.hpp"
#include "run/relay/duties.hpp"
#include "run/relay/meeting_times.hpp"
#include "run/relay/orders.hpp"
#include "run/relay/polling_peers.hpp"
#include "run/relay/relay.hpp"
#include "run/relay/relay_center.hpp"

namespace tusk::center {
class CenterServer;
class CenterVariable;
}  // namespace tusk::center

namespace tusk::relay {

// The relay of a node in a real run: the first of the node's ranks, which serves its center and
// does nothing else but this, from the start of the training to its end:
//
//   among peers     meets the other relays by the clock, until nobody has anything more to do:
//                   a barrier, a snapshot of its node, a sum over all relays
//   with a center   exchanges with the relays' center, in the memory of rank 0, when its node's
//                   workers have made `every` commits each or that time has passed, until they have
//                   ended
//
// Nothing of it blocks in MPI: what waits does its Duties meanwhile. Reports of a node's workers
// reach rank 0 with the exchange that carries what they tell of; rank 0 has all of a meeting before
// it hands them to its coordinator, so that an epoch ends with the first meeting after which the
// common vector holds it.
class NodeRelay final : public NodeCenter {
 public:
  struct Setup {
    const RelayOptions& options;
    double learning_rate = 0.0;      // of the workers' optimizer
    std::span<const float> initial;  // what every node's center begins with
    std::size_t statistics = 0;      // of it, the last
    std::size_t workers = 0;         // of this node
    center::CenterServer& node;
    const mpi::Communicator& relays;           // for sums and barriers alone
    center::CenterVariable* center = nullptr;  // the relays', where their rule has one
    Courier& courier;
    Duties& duties;
  };
  // What is referred to must outlive the object.
  explicit NodeRelay(const Setup& setup);

  // Trains, as the relay of all workers here. Collective over the relays.
  void run();

  // Afterwards, on rank 0: hands all reports to the coordinator, validates what is left, and gives
  // the last order; on others: waits for that.
  void end(coordinator::Coordinator& coordinator, OrderBoard& board);
  void end(const OrderReceiver& orders);

  // out = what the relays have in common, as the last exchange left it; for rules without a center.
  void model(std::span<float> out) const { relay_.model(out); }

  std::uint64_t updates() const { return updates_; }  // of all nodes, after run()

  void snapshot(std::span<float> out) override;
  void merge(std::span<const float> change) override;

 private:
  // What a relay knows of its node when it takes its snapshot, and of the whole tree when all have
  // added theirs up.
  struct Tally {
    std::uint64_t unfinished = 0;  // workers
    std::uint64_t commits = 0;     // since the start
    std::uint64_t reports = 0;     // sent to rank 0, of this exchange and those before
  };

  void exchange_when_due();
  void meet_by_the_clock();
  Tally add_up(const Tally& tally);
  std::uint64_t unfinished();
  double now_s() const;

  Setup setup_;
  PollingPeers peers_;
  std::optional<RelayCenter> center_;
  Interval interval_;
  Relay relay_;
  Tally tally_;
  records::MergeRecord record_;
  std::uint64_t reports_ = 0;  // of all relays
  std::uint64_t updates_ = 0;
  std::chrono::steady_clock::time_point start_ = std::chrono::steady_clock::now();
};

}  // namespace tusk::relay
