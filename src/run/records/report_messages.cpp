// SPDX-License-Identifier: Apache-2.0
#include "run/records/report_messages.hpp"

#include <set>
#include <utility>

namespace tusk::records {
namespace {

constexpr int report_tag = 1;
constexpr int sum_tag = 2;

}  // namespace

void ReportSender::send(std::vector<std::byte> bytes, int tag) {
  std::erase_if(under_way_, [](mpi::Request& request) { return request.test(); });
  under_way_.push_back(communicator_.isend(std::move(bytes), 0, tag));
}

void ReportSender::send(const Report& report) {
  send(serialize(report), report_tag);
  ++sent_;
}

void ReportSender::send(const NodeSum& sum) {
  send(serialize(sum), sum_tag);
  ++sums_sent_;
}

bool MessageReceiver::advance() {
  while (auto arrival = communicator_.begin_receive(tag_)) {
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
    take_(arrival->source, arrival->bytes);
    ++received_[static_cast<std::size_t>(arrival->source)];
    arrival = arriving_.erase(arrival);
    any = true;
  }
  return any;
}

MessageReceiver receiver_of_reports(const mpi::Communicator& communicator,
                                    std::function<void(Report report)> take) {
  return {communicator, report_tag,
          [take = std::move(take)](int, std::span<const std::byte> bytes) {
            take(deserialize(bytes));
          }};
}

MessageReceiver receiver_of_sums(const mpi::Communicator& communicator,
                                 std::function<void(int source, NodeSum sum)> take) {
  return {communicator, sum_tag,
          [take = std::move(take)](int source, std::span<const std::byte> bytes) {
            take(source, deserialize_sum(bytes));
          }};
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
