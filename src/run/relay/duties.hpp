// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <functional>

#include "run/checkpoint/notices.hpp"

namespace tusk::center {
class CenterServer;
}
namespace tusk::checkpoint {
class AskedCheckpoints;
class PartWriter;
}  // namespace tusk::checkpoint
namespace tusk::coordinator {
class Coordinator;
}

namespace tusk::relay {

class Claims;
class Courier;
class OrderBoard;
class OrderReceiver;
class SlowestClock;

// What a relay of a real run does again and again, whatever exchange is under way: it takes its
// workers' reports, their claims and rank 0's orders; rank 0's relay also takes the others'
// reports, validates in slices of about a millisecond, asks for checkpoints, and serves the relays'
// center, where they have one. Workers need nobody to serve their node's.
class Duties {
 public:
  struct Parts {
    Courier& courier;
    SlowestClock* clocks = nullptr;                   // where staleness is bounded
    Claims* claims = nullptr;                         // where workers claim partitions
    OrderReceiver* orders = nullptr;                  // elsewhere than on rank 0
    coordinator::Coordinator* coordinator = nullptr;  // on rank 0
    center::CenterServer* root = nullptr;             // the relays' center, on rank 0
    OrderBoard* board = nullptr;                      // beside it

    // Where the run has checkpoints: on rank 0, and of this rank's part elsewhere.
    checkpoint::AskedCheckpoints* checkpoints = nullptr;
    checkpoint::PartWriter* writer = nullptr;
  };
  // What the parts refer to must outlive the object.
  explicit Duties(const Parts& parts) : parts_(parts) {}

  // Reports of other relays are handed to the coordinator as they come, not by deliver() alone.
  void deliver_at_once() { delivers_ = true; }

  bool clocks_over() const;  // nobody waits for another's clock any more

  bool advance();                                 // returns whether there was anything to do
  void until(const std::function<bool()>& done);  // sleeps where there is nothing

 private:
  void ask_for_sums();

  Parts parts_;
  bool delivers_ = false;
  std::uint64_t asked_for_ = 0;  // the epoch
  checkpoint::SignalNotices signals_;
};

}  // namespace tusk::relay
