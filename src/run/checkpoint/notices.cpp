// SPDX-License-Identifier: Apache-2.0
#include "run/checkpoint/notices.hpp"

#include <utility>

#include "run/checkpoint/checkpointer.hpp"
#include "run/checkpoint/signals.hpp"

namespace tusk::checkpoint {

void Notices::submit(records::Report report) {
  switch (report.notice) {
    case records::Notice::none:
      next_.submit(std::move(report));
      break;
    case records::Notice::arrived:
      on_arrival(report);
      break;
    case records::Notice::written:
      checkpointer_.part_written(report.number, report.amount);
      break;
    case records::Notice::failed:
      checkpointer_.part_failed(report.number);
      break;
    case records::Notice::signaled:
      if (report.number == 0) {
        Signals::note_wish();
      } else {
        Signals::note_stop(static_cast<int>(report.number));
      }
      break;
  }
}

std::optional<records::Report> SignalNotices::poll(std::uint32_t worker) {
  records::Report report;
  report.worker = worker;
  report.notice = records::Notice::signaled;
  if (Signals::take_wish()) return report;
  if (const int signal = Signals::stop(); signal != 0 && !told_) {
    told_ = true;
    report.number = static_cast<std::uint64_t>(signal);
    return report;
  }
  return std::nullopt;
}

}  // namespace tusk::checkpoint
