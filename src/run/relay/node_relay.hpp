// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <vector>

#include "experiment/relay_options.hpp"
#include "run/records/history_file.hpp"
#include "run/relay/claims.hpp"
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
namespace tusk::checkpoint {
class AskedCheckpoints;
class PartWriter;
}  // namespace tusk::checkpoint

namespace tusk::relay {

// The relay of a node in a real run: the first of the node's ranks, which serves its center and
// does nothing else but this, from the start of the training to its end:
//
//   among peers     meets the other relays by the clock, until nobody has anything more to do:
//                   a barrier, a snapshot of its node, a sum over all relays
//   with a center   exchanges with the relays' center, in the memory of rank 0, when its node's
//                   workers have made `every` commits each or that time has passed, until they have
//                   ended; and then waits for the others
//
// For a checkpoint all workers of the tree stand at their gates. The relay of a node where they do
// comes to an exchange at once. The first that has found all workers standing has carried all that
// they have done: right behind it, or, with a center, behind each relay's own, lies the cut, where
// every relay copies what it keeps and no report is under way. Then the workers go on.
//
// Nothing of it blocks in MPI: what waits does its Duties meanwhile. What a node's workers report
// is added up until an exchange has carried what it tells of, and goes to rank 0 once a second, and
// when an epoch is over. For that every meeting adds up the samples that rank 0 has not been told
// of: an epoch ends with the first after which the common vector holds it. With a center each
// exchange comes with a word of these samples, and rank 0 asks for the sums when they are enough.
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
    Claims* claims = nullptr;     // where workers claim partitions
    OrderBoard* board = nullptr;  // on rank 0, and its coordinator
    coordinator::Coordinator* coordinator = nullptr;
    const OrderReceiver* orders = nullptr;  // elsewhere

    // Where the run has checkpoints: on rank 0, and how one is written there with what is kept of
    // this relay; elsewhere of this rank's part.
    checkpoint::AskedCheckpoints* checkpoints = nullptr;
    std::function<void()> write_checkpoint{};
    checkpoint::PartWriter* writer = nullptr;
  };
  // What is referred to must outlive the object.
  explicit NodeRelay(const Setup& setup);

  // Trains, as the relay of all workers here, until they have finished or the run has stopped to go
  // on later. Collective over the relays.
  void run();

  // Afterwards, on rank 0: hands all reports to the coordinator, validates what is left, ends
  // checkpoints that are being written, and gives the last order; on others: waits for that.
  void end();

  // What a checkpoint keeps; read before run().
  void keep(State& state);

  // Instead, where the run goes on with other nodes: so many commits have been before. Rank 0's
  // node goes on counting from there.
  void begin_after(std::uint64_t commits);

  // out = what the relays have in common, as the last exchange left it; for rules without a center.
  void model(std::span<float> out) const { relay_.model(out); }

  std::uint64_t updates() const { return updates_; }  // of all nodes, after run()
  std::uint64_t commits() const { return before_; }   // of all nodes, where it stands

  void take(std::span<float> out, std::span<float> kept) override;
  void merge(std::span<const float> change) override;

 private:
  // What a relay knows of its node when it takes its snapshot, and of the whole tree when all have
  // added theirs up.
  struct Tally {
    std::uint64_t unfinished = 0;  // workers
    std::uint64_t commits = 0;     // since the start

    // Workers who stand for a checkpoint, and who neither do nor have finished.
    std::uint64_t standing = 0;
    std::uint64_t moving = 0;

    // Courier::untold().
    std::uint64_t steps = 0;
    std::uint64_t samples = 0;

    // Of rank 0 alone: the checkpoint that is asked for, and whether the run stops with it; how
    // many samples an epoch is still to have, and whether it is time for all to send their sums.
    std::uint64_t checkpoint = 0;
    std::uint64_t stops = 0;
    std::uint64_t to_go = 0;
    std::uint64_t is_time = 0;
  };

  bool exchange_when_due();  // false: the run has stopped to go on later
  bool meet_by_the_clock();
  void exchange_with_center();
  bool is_due() const;
  bool is_over() const;
  bool all_stand() const;
  void send_sums();
  bool stand(const Tally& all);
  void look_at_workers();
  std::uint64_t asked() const;
  Tally add_up(const Tally& tally);
  void sum(std::span<std::uint64_t> values);
  std::uint64_t unfinished() const;
  double now_s() const;

  Setup setup_;
  PollingPeers peers_;
  std::optional<RelayCenter> center_;
  Interval interval_;
  MeetingTimes times_;
  Relay relay_;
  Tally tally_;
  records::MergeRecord record_;
  bool goes_on_ = false;      // from a checkpoint
  bool stopped_ = false;      // to go on later
  std::uint64_t before_ = 0;  // commits of all nodes, at the last meeting
  double due_s_ = 0.0;        // of the next exchange with a center
  bool is_done_ = false;      // the node's workers have finished, and the center has all of them
  std::uint64_t checkpoint_ = 0;     // for which this relay has stood last
  std::vector<std::uint64_t> sent_;  // sums to rank 0, of each relay, at the last sum over all
  std::uint64_t updates_ = 0;
  std::chrono::steady_clock::time_point start_ = std::chrono::steady_clock::now();
};

}  // namespace tusk::relay
