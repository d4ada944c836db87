// SPDX-License-Identifier: Apache-2.0
#include "run/records/report_messages.hpp"

#include <set>
#include <utility>

namespace tusk::records {
namespace {

constexpr int report_tag = 1;

}  // namespace

void ReportSender::send(const Report& report) {
  std::erase_if(under_way_, [](mpi::Request& request) { return request.test(); });
  under_way_.push_back(communicator_.isend(serialize(report), 0, report_tag));
  ++sent_;
}

bool ReportReceiver::advance() {
  while (auto arrival = communicator_.begin_receive(report_tag)) {
    arriving_.push_back(std::move(*arrival));
  }
  bool any = false;
  std::set<int> held;  // senders of whom an earlier one is not complete
  for (auto arrival = arriving_.begin(); arrival != arriving_.end();) {
    if (held.contains(arrival->source) || !arrival->request.test()) {
      held.insert(arrival->source);
      ++arrival;
      continue;
    }
    sink_.submit(deserialize(arrival->bytes));
    ++received_[static_cast<std::size_t>(arrival->source)];
    arrival = arriving_.erase(arrival);
    any = true;
  }
  return any;
}

std::uint64_t receive_reports(const mpi::Communicator& communicator, ReportSink& sink) {
  std::uint64_t received = 0;
  while (const auto message = communicator.try_receive(report_tag)) {
    sink.submit(deserialize(message->bytes));
    ++received;
  }
  return received;
}

}  // namespace tusk::records
