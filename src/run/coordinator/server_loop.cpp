// SPDX-License-Identifier: Apache-2.0
#include "run/coordinator/server_loop.hpp"

#include <chrono>
#include <thread>

#include "exchange/center/center_server.hpp"
#include "mpi/polite_wait.hpp"
#include "mpi/request.hpp"
#include "run/coordinator/coordinator.hpp"
#include "run/records/report_messages.hpp"

namespace tusk::coordinator {

void serve(const mpi::Communicator& communicator, center::CenterServer& server,
           Coordinator& coordinator) {
  using Clock = std::chrono::steady_clock;
  auto last_event = Clock::now();
  for (;;) {
    bool busy = server.progress();
    busy = records::receive_reports(communicator, coordinator) > 0 || busy;
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

void serve_shard(center::CenterServer& server, mpi::Request& over) {
  mpi::PoliteWait wait;
  while (!over.test()) {
    if (server.progress()) {
      wait.reset();
    } else {
      wait.pause();
    }
  }
}

}  // namespace tusk::coordinator
