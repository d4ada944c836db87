// SPDX-License-Identifier: Apache-2.0
#include "run/coordinator/server_loop.hpp"

#include <algorithm>
#include <chrono>
#include <thread>

#include "core/activity.hpp"
#include "exchange/center/center_server.hpp"
#include "mpi/polite_wait.hpp"
#include "mpi/request.hpp"
#include "run/coordinator/coordinator.hpp"
#include "run/records/report_messages.hpp"

namespace tusk::coordinator {

namespace {

constexpr double longest_on_duty_s = 5e-4;  // workers may stand and wait

void serve_until_over(const mpi::Communicator& communicator, center::CenterServer& server,
                      Coordinator& coordinator, records::ReportSink& reports, Duty* duty) {
  using Clock = std::chrono::steady_clock;
  auto last_event = Clock::now();
  for (;;) {
    note_activity(Activity::serving);
    bool busy = server.progress();
    busy = records::receive_reports(communicator, reports) > 0 || busy;
    const bool validating = coordinator.advance();
    const bool on_duty = duty != nullptr && duty->advance();
    if (duty != nullptr && duty->over()) return;
    if (busy || validating) {
      last_event = Clock::now();
    } else if (coordinator.all_finished() && !on_duty) {
      return;
    } else {
      const double idle_s = std::chrono::duration<double>(Clock::now() - last_event).count();
      const double sleep_s = server.sleep_s(idle_s);
      std::this_thread::sleep_for(
          std::chrono::duration<double>(on_duty ? std::min(sleep_s, longest_on_duty_s) : sleep_s));
    }
  }
}

}  // namespace

void serve(const mpi::Communicator& communicator, center::CenterServer& server,
           Coordinator& coordinator, records::ReportSink& reports, Duty* duty) {
  serve_until_over(communicator, server, coordinator, reports, duty);
  note_activity(Activity::other);
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
