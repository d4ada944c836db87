// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <vector>

#include "event.hpp"
#include "exchange/center/center_server.hpp"
#include "tusk/center.hpp"

namespace tusk::mpi {
class Communicator;
}

namespace tusk::center::testing {

// Where a center and its workers are: in one process, in threads, or on the ranks of a job. The
// same cases run on each.
class Site {
 public:
  using Step = std::function<void(std::size_t worker, CenterVariable&)>;
  using Meanwhile = std::function<void(CenterServer&)>;

  virtual ~Site() = default;
  virtual std::size_t workers() const = 0;

  // Every worker does `step` `steps` times, as concurrently as the site is, and the server does
  // `meanwhile` from time to time. Returns when all are done.
  virtual void run(int steps, const Step& step, const Meanwhile& meanwhile) = 0;

  // Where the server is; elsewhere null.
  virtual CenterServer* server() = 0;

  // All processes' events, where the server is; elsewhere nothing.
  virtual std::vector<Event> gather(const std::vector<Event>& events) = 0;
};

// Handles on one LocalState, their steps in a random order.
std::unique_ptr<Site> make_local_site(std::span<const float> initial, std::size_t workers,
                                      std::size_t statistics = 0,
                                      std::span<const float> momentum = {});

// Threads on one StripedCenter in memory of this process, under its locks or racing.
std::unique_ptr<Site> make_thread_site(std::span<const float> initial, std::size_t workers,
                                       bool racing, std::size_t statistics = 0,
                                       std::span<const float> momentum = {});

}  // namespace tusk::center::testing
