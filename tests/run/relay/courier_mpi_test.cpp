// SPDX-License-Identifier: Apache-2.0
#include "run/relay/courier.hpp"

#include <doctest/doctest.h>

#include <array>
#include <utility>
#include <vector>

#include "mpi/communicator.hpp"

using namespace tusk;

namespace {

struct Reports final : records::ReportSink {
  void submit(records::Report report) override { all.push_back(std::move(report)); }
  std::vector<records::Report> all;
};

}  // namespace

TEST_CASE("courier: a notice of one relay does not count as the report of another") {
  const mpi::Communicator relays = mpi::Communicator::world();
  const mpi::Communicator node = relays.split(relays.rank(), 0);
  const bool is_first = relays.rank() == 0;
  Reports reports;
  relay::Courier courier(node, relays, is_first ? &reports : nullptr);
  const std::array<std::uint64_t, 3> sent{0, 0, 1};  // as a sum has it
  if (relays.rank() == 1) courier.tell({.notice = records::Notice::arrived});
  while (is_first && reports.all.empty()) courier.advance();
  if (is_first) CHECK(!courier.has_come(sent));
  relays.barrier();
  if (relays.rank() == 2) {
    courier.add({.worker = 7});
    courier.send();
    CHECK(courier.sent() == 1);
  }
  if (!is_first) return;
  while (!courier.has_come(sent)) courier.advance();
  courier.deliver();
  CHECK(reports.all.size() == 2);
  CHECK(reports.all.back().worker == 7);
}
