// SPDX-License-Identifier: Apache-2.0
#include "run/relay/polling_peers.hpp"

#include <chrono>
#include <thread>
#include <utility>

#include "mpi/polite_wait.hpp"

namespace tusk::relay {
namespace {

// Who waits for the slowest node does so for long, and need not know at once.
constexpr double long_wait_s = 0.05;
constexpr double long_sleep_s = 1e-3;

}  // namespace

void PollingPeers::wait_for(std::vector<mpi::Request> requests) const {
  using Clock = std::chrono::steady_clock;
  auto last_event = Clock::now();
  for (;;) {
    std::erase_if(requests, [](mpi::Request& request) { return request.test(); });
    if (requests.empty()) return;
    if (meanwhile_()) {
      last_event = Clock::now();
      continue;
    }
    const double idle_s = std::chrono::duration<double>(Clock::now() - last_event).count();
    const double sleep_s = idle_s < long_wait_s ? mpi::polite_sleep_s(idle_s) : long_sleep_s;
    std::this_thread::sleep_for(std::chrono::duration<double>(sleep_s));
  }
}

std::uint64_t PollingPeers::max(std::uint64_t value) {
  std::vector<mpi::Request> request;
  request.push_back(relays_.iall_max(value));
  wait_for(std::move(request));
  return value;
}

void PollingPeers::meet() {
  std::vector<mpi::Request> request;
  request.push_back(relays_.ibarrier());
  wait_for(std::move(request));
}

}  // namespace tusk::relay
