// SPDX-License-Identifier: Apache-2.0
#include "exchange/center/make_center.hpp"

#include <doctest/doctest.h>
#include <mpi.h>

#include <cstdlib>
#include <string>
#include <utility>
#include <vector>

#include "exchange/center/transports.hpp"
#include "exchange/center/update.hpp"
#include "mpi/collectively.hpp"
#include "mpi/communicator.hpp"
#include "tusk/error.hpp"

using namespace tusk;
using namespace tusk::center;
using namespace std::chrono_literals;

namespace {

const std::vector<float> initial{1.5F, -2.0F, 1e9F};

enum class Fault { none, lost_commit, doubled_commit, repeated_ticket, error };

// A worker's center with a fault.
class FaultyCenter final : public CenterVariable {
 public:
  FaultyCenter(std::unique_ptr<CenterVariable> center, Fault fault)
      : center_(std::move(center)), fault_(fault) {}

  std::size_t size() const override { return center_->size(); }
  std::size_t statistics() const override { return center_->statistics(); }
  ControlBoard& board() override { return center_->board(); }

  Commit perform(const Update& update) override {
    if (update.kind != Update::Kind::commit) return center_->perform(update);
    if (fault_ == Fault::error) fail(ExitCode::internal, "MPI_Accumulate failed: out of order");
    const float factor = fault_ == Fault::lost_commit      ? 0.0F
                         : fault_ == Fault::doubled_commit ? 2.0F
                                                           : 1.0F;
    std::vector<float> committed(update.in, update.in + size());
    for (float& value : committed) value *= factor;
    Update changed = update;
    changed.in = committed.data();
    Commit commit = center_->perform(changed);
    if (fault_ == Fault::repeated_ticket) commit.ticket = 0;
    return commit;
  }

 private:
  std::unique_ptr<CenterVariable> center_;
  Fault fault_;
};

// A transport that calls itself `name` and works but for a fault of the last worker.
Candidate faulty(Transport name, Fault fault) {
  const auto open = [=](const mpi::Communicator& communicator, std::span<const float> values,
                        const TransportOptions& options) {
    Center center = open_message(communicator, values, options);
    center.transport = name;
    if (communicator.rank() == communicator.size() - 1) {
      center.worker = std::make_unique<FaultyCenter>(std::move(center.worker), fault);
    }
    return center;
  };
  return {name, open};
}

// One that the last rank cannot open.
Candidate absent(Transport name) {
  const auto open = [=](const mpi::Communicator& communicator, std::span<const float>,
                        const TransportOptions&) -> Center {
    mpi::collectively(communicator, [&] {
      if (communicator.rank() + 1 == communicator.size()) {
        fail(ExitCode::internal, "MPI_Win_allocate failed: MPI_ERR_WIN");
      }
    });
    return {};
  };
  return {name, open};
}

// How choosing ends: the transport's and the consistency's name, or code and message.
std::string choice(const mpi::Communicator& world, Transport transport,
                   std::optional<Consistency> consistency,
                   const std::vector<Candidate>& candidates = all_transports()) {
  try {
    const Center center =
        choose_center(world, initial, {.transport = transport}, consistency, candidates, 10s);
    std::vector<float> seen = initial;
    if (center.server) CHECK(center.server->snapshot(seen) == 0);
    CHECK(seen == initial);
    CHECK((center.worker != nullptr) == (world.rank() > 0));
    return std::string(name_of(center.transport)) + " " + std::string(name_of(center.consistency));
  } catch (const mpi::CollectiveError& error) {
    return std::to_string(static_cast<int>(error.code())) + ": " + error.what();
  }
}

// Shared windows are Open MPI's component `sm` alone; without it the next best is chosen.
bool shared_windows_exist() {
  const char* component = std::getenv("OMPI_MCA_osc");
  return component == nullptr || std::string(component) == "sm";
}

}  // namespace

TEST_CASE("choice: auto takes the best transport that offers what is asked") {
  const auto world = mpi::Communicator::world();
  const auto asked = [&](std::optional<Consistency> consistency) {
    return choice(world, Transport::automatic, consistency);
  };
  if (shared_windows_exist()) {
    CHECK(asked(std::nullopt) == "shared snapshot");
    CHECK(asked(Consistency::snapshot) == "shared snapshot");
    CHECK(asked(Consistency::element) == "shared snapshot");  // it promises more
    CHECK(asked(Consistency::none) == "shared none");
  } else {
    CHECK(asked(std::nullopt) == "rma element");
    CHECK(asked(Consistency::snapshot) == "message snapshot");
    CHECK(asked(Consistency::element) == "rma element");
    CHECK(asked(Consistency::none).starts_with("70: transport shared does not work here: "));
  }
}

TEST_CASE("a transport asked for by name is taken, and refused what it does not offer") {
  const auto world = mpi::Communicator::world();
  CHECK(choice(world, Transport::rma, std::nullopt) == "rma element");
  CHECK(choice(world, Transport::message, std::nullopt) == "message snapshot");
  CHECK(choice(world, Transport::shared, Consistency::element) == "shared snapshot");
  CHECK(choice(world, Transport::rma, Consistency::snapshot) == "rma snapshot");
  CHECK(choice(world, Transport::rma, Consistency::none)
            .starts_with("78: trainer.consistency = \"none\" is not what server.transport = "
                         "\"rma\" offers"));
  CHECK(choice(world, Transport::message, Consistency::element).starts_with("78: "));
  CHECK(choice(world, Transport::message, Consistency::none).starts_with("78: "));
}

TEST_CASE("a transport that fails the self-test is replaced under auto") {
  const auto world = mpi::Communicator::world();
  for (const Fault fault :
       {Fault::lost_commit, Fault::doubled_commit, Fault::repeated_ticket, Fault::error}) {
    CAPTURE(static_cast<int>(fault));
    const std::vector<Candidate> candidates{faulty(Transport::shared, fault),
                                            absent(Transport::rma),
                                            faulty(Transport::message, Fault::none)};
    CHECK(choice(world, Transport::automatic, std::nullopt, candidates) == "message snapshot");
  }
}

TEST_CASE("a transport that fails the self-test is an error when it was asked for by name") {
  const auto world = mpi::Communicator::world();
  const auto failure = [&](Fault fault) {
    return choice(world, Transport::shared, std::nullopt,
                  {faulty(Transport::shared, fault), faulty(Transport::message, Fault::none)});
  };
  CHECK(failure(Fault::doubled_commit) ==
        "70: transport shared does not work here: a worker sees a wrong sum");
  CHECK(failure(Fault::repeated_ticket) ==
        "70: transport shared does not work here: the commits' tickets are not 0, 1, 2, …");
  CHECK(failure(Fault::error) ==
        "70: transport shared does not work here: MPI_Accumulate failed: out of order");
}

TEST_CASE("when no transport works, the error tells of each") {
  const auto world = mpi::Communicator::world();
  CHECK(choice(world, Transport::automatic, std::nullopt,
               {absent(Transport::rma), faulty(Transport::message, Fault::doubled_commit)}) ==
        "70: transport rma does not work here: MPI_Win_allocate failed: MPI_ERR_WIN; "
        "transport message does not work here: a worker sees a wrong sum");
}

TEST_CASE("initial centers of different sizes are an error on every rank") {
  const auto world = mpi::Communicator::world();
  const std::vector<float> mine(static_cast<std::size_t>(3 + world.rank()));
  CHECK_THROWS_AS(make_center(world, mine, ServerOptions{}, std::nullopt), mpi::CollectiveError);
}

// Ends the job, so it is run by itself and judged from outside.
TEST_CASE("stuck: a transport that never answers ends the job" * doctest::skip()) {
  const auto world = mpi::Communicator::world();
  const auto never = [](const mpi::Communicator& communicator, std::span<const float>,
                        const TransportOptions&) -> Center {
    int unsent = 0;
    MPI_Recv(&unsent, 1, MPI_INT, communicator.rank(), 1, communicator.handle(), MPI_STATUS_IGNORE);
    return {};
  };
  choose_center(world, initial, {.transport = Transport::rma}, std::nullopt,
                {{Transport::rma, never}}, 300ms);
}
