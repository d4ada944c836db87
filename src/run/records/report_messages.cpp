// SPDX-License-Identifier: Apache-2.0
#include "run/records/report_messages.hpp"

namespace tusk::records {
namespace {

constexpr int report_tag = 1;

}  // namespace

void ReportSender::send(const Report& report) {
  std::erase_if(under_way_, [](mpi::Request& request) { return request.test(); });
  under_way_.push_back(communicator_.isend(serialize(report), 0, report_tag));
  ++sent_;
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
