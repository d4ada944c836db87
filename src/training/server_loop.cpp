// SPDX-License-Identifier: Apache-2.0
#include "tusk/training/server_loop.hpp"

#include <chrono>
#include <thread>

#include "tusk/center/center_server.hpp"
#include "tusk/training/coordinator.hpp"

namespace tusk::training {
namespace {

constexpr int report_tag = 1;

bool receive_reports(const mpi::Communicator& communicator, Coordinator& coordinator) {
  bool any = false;
  while (const auto message = communicator.try_receive(report_tag)) {
    coordinator.submit(deserialize(message->bytes));
    any = true;
  }
  return any;
}

}  // namespace

void RemoteSink::submit(Report report) {
  std::erase_if(under_way_, [](mpi::Request& request) { return request.test(); });
  under_way_.push_back(communicator_.isend(serialize(report), 0, report_tag));
}

void serve(const mpi::Communicator& communicator, center::CenterServer& server,
           Coordinator& coordinator) {
  using Clock = std::chrono::steady_clock;
  auto last_event = Clock::now();
  for (;;) {
    bool busy = server.progress();
    busy = receive_reports(communicator, coordinator) || busy;
    const bool validating = coordinator.advance();
    if (busy || validating) {
      last_event = Clock::now();
    } else if (coordinator.all_finished()) {
      return;
    } else {
      const double idle_s = std::chrono::duration<double>(Clock::now() - last_event).count();
      std::this_thread::sleep_for(std::chrono::duration<double>(server.sleep_s(idle_s)));
    }
  }
}

}  // namespace tusk::training
