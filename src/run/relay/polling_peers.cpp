// SPDX-License-Identifier: Apache-2.0
#include "run/relay/polling_peers.hpp"

#include <functional>
#include <utility>

#include "mpi/polite_wait.hpp"

namespace tusk::relay {
namespace {

// Who waits for the slowest node does so for long, and need not know at once.
constexpr double long_wait_s = 0.05;
constexpr double long_sleep_s = 1e-3;

}  // namespace

void PollingPeers::wait_for(std::vector<mpi::Request> requests) const {
  const auto done = [&] {
    std::erase_if(requests, [](mpi::Request& request) { return request.test(); });
    return requests.empty();
  };
  mpi::progress_until(done, std::cref(meanwhile_), [](double idle_s) {
    return idle_s < long_wait_s ? mpi::polite_sleep_s(idle_s) : long_sleep_s;
  });
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
