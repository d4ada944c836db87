// SPDX-License-Identifier: Apache-2.0
#include "tusk/center/make_center.hpp"

#include <chrono>
#include <string>
#include <utility>

#include "compression.hpp"
#include "self_test.hpp"
#include "transports.hpp"
#include "tusk/center/consistency.hpp"
#include "tusk/core/error.hpp"
#include "tusk/core/log.hpp"
#include "tusk/core/units.hpp"
#include "tusk/mpi/collectively.hpp"
#include "tusk/mpi/communicator.hpp"
#include "tusk/mpi/deadline.hpp"

namespace tusk::center {
namespace {

using Candidates = std::vector<Candidate>;

// The candidates that may be tried: those of the name asked for that can be and offer `wanted`.
Candidates select(const Candidates& all, Transport asked, std::optional<Consistency> wanted,
                  bool one_node) {
  Candidates selected;
  for (const Candidate& candidate : all) {
    if (asked != Transport::automatic && asked != candidate.transport) continue;
    if (candidate.transport == Transport::shared && !one_node) {
      if (asked == Transport::automatic) continue;
      fail(ExitCode::bad_experiment,
           "server.transport = \"shared\" needs all ranks on one node; \"auto\", \"rma\" and "
           "\"message\" work between nodes");
    }
    if (offered(candidate.transport, wanted)) selected.push_back(candidate);
  }
  if (selected.empty()) {
    fail(ExitCode::bad_experiment,
         "trainer.consistency = \"{}\" is not what server.transport = \"{}\" offers{}: \"shared\" "
         "has "
         "snapshot and none, \"message\" snapshot, \"rma\" element",
         name_of(wanted.value_or(Consistency::snapshot)), name_of(asked),
         asked == Transport::automatic && !one_node ? " between nodes" : "");
  }
  return selected;
}

// Ends the job if the transport gives no answer. Rank 0 speaks first, so that one line is printed.
mpi::Deadline deadline_for(const mpi::Communicator& communicator, Transport transport,
                           std::chrono::milliseconds limit) {
  const char* advice = transport == Transport::message ? "check the MPI installation"
                                                       : "set server.transport = \"message\"";
  return {
      communicator.rank() == 0 ? limit : limit * 6 / 5,
      Error(ExitCode::internal,
            fmt::format("transport {} gave no answer within {} s in its self-test; {}",
                        name_of(transport), std::chrono::duration<double>(limit).count(), advice))};
}

// With the transport's own consistency, under which nothing is lost. A trial center that fails is
// left as it is, since to free a broken rma window may hang.
void try_out(const mpi::Communicator& communicator, const Candidate& candidate,
             std::chrono::milliseconds limit) {
  communicator.barrier();  // the ranks may have come at very different times
  const mpi::Deadline deadline = deadline_for(communicator, candidate.transport, limit);
  const std::vector<float> zeros(self_test_size);
  Center trial = candidate.open(communicator, zeros, *offered(candidate.transport, std::nullopt));
  self_test(communicator, trial);
}

// The transport asked for, or the only one that compresses.
Transport required_transport(const ServerOptions& options) {
  if (options.compression.kind == CompressionKind::none) return options.transport;
  if (options.transport != Transport::automatic && options.transport != Transport::message) {
    fail(ExitCode::bad_experiment,
         "server.compression = \"{}\" needs server.transport = \"message\", not \"{}\"",
         name_of(options.compression.kind), name_of(options.transport));
  }
  return Transport::message;
}

// The center itself, once its transport has passed: the self-test's sums are exact, and so not for
// compression.
Center open(const mpi::Communicator& communicator, std::span<const float> initial,
            const Candidate& candidate, Consistency consistency,
            const CompressionOptions& compression) {
  if (compression.kind == CompressionKind::none) {
    return candidate.open(communicator, initial, consistency);
  }
  info("commits are compressed to {} ({} bytes instead of {})", name_of(compression.kind),
       format_count(compressed_bytes(compression, initial.size())),
       format_count(initial.size_bytes()));
  return open_message(communicator, initial, consistency, compression);
}

void announce(const Center& center, std::optional<Consistency> wanted) {
  if (wanted && *wanted != center.consistency) {
    info("transport {} gives consistency {}, which promises more than {}",
         name_of(center.transport), name_of(center.consistency), name_of(*wanted));
  }
  info("the center is exchanged by transport {} with consistency {}", name_of(center.transport),
       name_of(center.consistency));
}

}  // namespace

std::vector<Candidate> all_transports() {
  return {{Transport::shared, open_shared},
          {Transport::rma, open_rma},
          {Transport::message, [](const mpi::Communicator& communicator,
                                  std::span<const float> initial, Consistency consistency) {
             return open_message(communicator, initial, consistency);
           }}};
}

Center choose_center(const mpi::Communicator& communicator, std::span<const float> initial,
                     const ServerOptions& options, std::optional<Consistency> consistency,
                     const std::vector<Candidate>& candidates, std::chrono::milliseconds limit) {
  const bool whole = communicator.split_by_node().size() == communicator.size();
  const bool one_node = communicator.min(whole ? 1 : 0) == 1;
  const bool same_size = communicator.min(initial.size()) == communicator.max(initial.size());
  Candidates selected;
  Transport transport = options.transport;
  mpi::collectively(communicator, [&] {
    if (!same_size) fail(ExitCode::internal, "the ranks' initial centers differ in size");
    transport = required_transport(options);
    selected = select(candidates, transport, consistency, one_node);
  });
  std::string failures;
  for (const Candidate& candidate : selected) {
    const Consistency granted = *offered(candidate.transport, consistency);
    try {
      try_out(communicator, candidate, limit);
      Center center = open(communicator, initial, candidate, granted, options.compression);
      announce(center, consistency);
      return center;
    } catch (const mpi::CollectiveError& error) {
      const std::string failure = fmt::format("transport {} does not work here: {}",
                                              name_of(candidate.transport), error.what());
      if (transport == Transport::automatic) warning("{}", failure);
      failures += (failures.empty() ? "" : "; ") + failure;
    }
  }
  throw mpi::CollectiveError(ExitCode::internal, failures);  // every rank has the same
}

Center make_center(const mpi::Communicator& communicator, std::span<const float> initial,
                   const ServerOptions& options, std::optional<Consistency> consistency) {
  return choose_center(communicator, initial, options, consistency, all_transports(),
                       std::chrono::seconds(10));
}

}  // namespace tusk::center
