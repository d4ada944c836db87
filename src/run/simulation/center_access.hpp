// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <functional>
#include <optional>

#include "run/simulation/network.hpp"
#include "run/simulation/node_memory.hpp"
#include "run/simulation/scheduler.hpp"

namespace tusk::simulation {

// What an exchange with a center costs.
struct Load {
  std::size_t sent = 0;               // bytes that go through the network
  double swept = 0.0;                 // bytes of memory that are read and written
  std::optional<double> took_s = {};  // it takes this time, whatever else goes on
};

// What serves a center's exchanges: a server, which takes one at a time in the order of arrival; or
// where there is a memory, the workers themselves, side by side.
struct CenterSite {
  Server& server;
  NodeMemory* memory = nullptr;
};

// One virtual worker's way to a center. An exchange has its effect where it arrives, in the order
// of the workers' clocks, and takes until it is complete.
class CenterAccess {
 public:
  // What is referred to must outlive the object.
  CenterAccess(Scheduler& scheduler, std::size_t worker, const Network& network, CenterSite site)
      : scheduler_(scheduler), worker_(worker), network_(network), site_(site) {}

  // Does `act` in the worker's turn at the center; returns when the exchange is complete.
  using Act = std::function<void(Scheduler::Turn& turn)>;
  void exchange(const Load& load, const Act& act);

  // The same beside other work: begin() returns at once, end() when it is complete. One at a time.
  void begin(const Load& load, const Act& act);
  void end();

 private:
  void arrive(const Load& load, const Act& act, bool stays);

  Scheduler& scheduler_;
  std::size_t worker_;
  const Network& network_;
  CenterSite site_;
  double done_s_ = 0.0;
  std::optional<NodeMemory::Exchange> sweep_;
};

}  // namespace tusk::simulation
