// SPDX-License-Identifier: Apache-2.0
#include "exchange/center/make_center.hpp"

#include <algorithm>
#include <chrono>
#include <string>
#include <utility>

#include "core/log.hpp"
#include "core/units.hpp"
#include "exchange/center/compression.hpp"
#include "exchange/center/consistency.hpp"
#include "exchange/center/self_test.hpp"
#include "exchange/center/shard_groups.hpp"
#include "exchange/center/sharded_center.hpp"
#include "exchange/center/sharded_server.hpp"
#include "exchange/center/transports.hpp"
#include "mpi/collectively.hpp"
#include "mpi/communicator.hpp"
#include "mpi/deadline.hpp"
#include "tusk/error.hpp"

namespace tusk::center {
namespace {

using Candidates = std::vector<Candidate>;

// A self-test takes milliseconds; many more ranks than cores, on a machine that has other work,
// take a thousand times as long.
constexpr std::chrono::seconds self_test_limit{60};

// The candidates that may be tried: those of the name asked for that can be and offer `wanted`.
// `mapped`: whether all ranks can map one server's memory.
Candidates select(const Candidates& all, Transport asked, std::optional<Consistency> wanted,
                  bool mapped) {
  Candidates selected;
  for (const Candidate& candidate : all) {
    if (asked != Transport::automatic && asked != candidate.transport) continue;
    if (candidate.transport == Transport::shared && !mapped) {
      if (asked == Transport::automatic) continue;
      fail(ExitCode::bad_experiment,
           "server.transport = \"shared\" needs all ranks on one node, and one server; \"auto\", "
           "\"rma\" and \"message\" work between nodes and with server.shards");
    }
    // What the lock of rma does over the network, message does in the server's memory.
    if (asked == Transport::automatic && candidate.transport == Transport::rma &&
        wanted == Consistency::snapshot) {
      continue;
    }
    if (offered(candidate.transport, wanted)) selected.push_back(candidate);
  }
  if (selected.empty()) {
    fail(ExitCode::bad_experiment,
         "trainer.consistency = \"{}\" is not what server.transport = \"{}\" offers{}: \"shared\" "
         "has "
         "snapshot and none, \"message\" snapshot, \"rma\" element and "
         "snapshot",
         name_of(wanted.value_or(Consistency::snapshot)), name_of(asked),
         asked == Transport::automatic && !mapped ? " between nodes or with server.shards" : "");
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

// Opens a small center with the transport and tests it: with the transport's own consistency, under
// which nothing is lost, and without compression, since the self-test's sums are exact. A trial
// center that fails is left as it is, because to free a broken rma window may hang.
void try_out(const mpi::Communicator& communicator, const Candidate& candidate,
             std::chrono::milliseconds limit) {
  communicator.barrier();  // the ranks may have come at very different times
  const mpi::Deadline deadline = deadline_for(communicator, candidate.transport, limit);
  const std::vector<float> zeros(self_test_size + self_test_statistics);
  Center trial = candidate.open(communicator, zeros,
                                {.consistency = *offered(candidate.transport, std::nullopt),
                                 .statistics = self_test_statistics});
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

void announce(const Center& center, std::optional<Consistency> wanted, const ServerOptions& options,
              std::span<const std::size_t> offsets) {
  if (options.compression.kind != CompressionKind::none) {
    std::size_t bytes = 0;
    for (std::size_t shard = 0; shard < options.shards; ++shard) {
      bytes += compressed_bytes(options.compression, offsets[shard + 1] - offsets[shard]);
    }
    info("commits are compressed to {} ({} bytes instead of {})", name_of(options.compression.kind),
         format_count(bytes), format_count(offsets.back() * sizeof(float)));
  }
  if (options.shards > 1) {
    info("the center is spread over {} servers, each with a shard of it", options.shards);
  }
  if (wanted && *wanted != center.consistency) {
    info("transport {} gives consistency {}, which promises more than {}",
         name_of(center.transport), name_of(center.consistency), name_of(*wanted));
  }
  info("the center is exchanged by transport {} with consistency {}", name_of(center.transport),
       name_of(center.consistency));
}

// Collective. Makes one center of the shards that this rank takes part in.
Center join(const mpi::Communicator& communicator, const ShardGroups& groups,
            std::vector<Center> shards, const std::vector<std::size_t>& offsets,
            std::size_t statistics) {
  if (groups.shards() == 1) return std::move(shards.front());
  mpi::Communicator servers = groups.servers();
  Center whole{.transport = shards.front().transport, .consistency = shards.front().consistency};
  mpi::collectively(communicator, [&] {
    if (communicator.rank() == 0) {
      whole.server = std::make_unique<ShardedServer>(
          std::move(servers), std::move(shards.front().server), offsets, statistics);
    } else if (shards.front().server) {
      whole.server =
          std::make_unique<ShardServer>(std::move(servers), std::move(shards.front().server));
    } else {
      std::vector<std::unique_ptr<CenterVariable>> slices;
      for (Center& shard : shards) slices.push_back(std::move(shard.worker));
      const auto worker = static_cast<std::size_t>(communicator.rank()) - groups.shards();
      whole.worker = std::make_unique<ShardedCenter>(std::move(slices), worker);
    }
  });
  return whole;
}

// v and θ_kept of the `count` weights from `first` on, of those of all weights.
AlignedVector<float> part_of_momentum(std::span<const float> whole, std::size_t first,
                                      std::size_t count) {
  if (whole.empty()) return {};
  AlignedVector<float> part;
  for (const auto half : {whole.first(whole.size() / 2), whole.last(whole.size() / 2)}) {
    const auto mine = half.subspan(first, count);
    part.insert(part.end(), mine.begin(), mine.end());
  }
  return part;
}

// Tries a transport with every shard, then opens the center with it. Collective.
Center try_and_open(const mpi::Communicator& communicator, const ShardGroups& groups,
                    std::span<const float> initial, const Candidate& candidate,
                    const TransportOptions& options, std::chrono::milliseconds limit) {
  std::vector<std::size_t> offsets =
      cut_into_shards(initial.size() - options.statistics, groups.shards());
  offsets.back() += options.statistics;  // which the last shard has
  groups.in_turn([&](const mpi::Communicator& group, std::size_t /*shard*/) {
    try_out(group, candidate, limit);
  });
  std::vector<Center> shards;
  groups.in_turn([&](const mpi::Communicator& group, std::size_t shard) {
    const auto slice = initial.subspan(offsets[shard], offsets[shard + 1] - offsets[shard]);
    TransportOptions own = options;
    if (shard + 1 < groups.shards()) own.statistics = 0;
    const AlignedVector<float> momentum =
        part_of_momentum(options.momentum, offsets[shard], slice.size() - own.statistics);
    own.momentum = momentum;
    shards.push_back(candidate.open(group, slice, own));
  });
  return join(communicator, groups, std::move(shards), offsets, options.statistics);
}

void require_ranks(const mpi::Communicator& communicator, std::size_t shards,
                   std::size_t parameters) {
  const auto ranks = static_cast<std::size_t>(communicator.size());
  if (shards > 0 && shards < ranks && (shards == 1 || shards <= parameters)) return;
  fail(ExitCode::internal, "{} shards of {} parameters on {} ranks", shards, parameters, ranks);
}

}  // namespace

std::vector<Candidate> all_transports() {
  return {{Transport::shared, open_shared},
          {Transport::rma, open_rma},
          {Transport::message, open_message}};
}

Center choose_center(const mpi::Communicator& communicator, std::span<const float> initial,
                     const ServerOptions& options, std::optional<Consistency> consistency,
                     const std::vector<Candidate>& candidates, std::chrono::milliseconds limit,
                     std::size_t statistics, std::span<const float> momentum,
                     std::size_t further_clocks) {
  const bool whole = communicator.split_by_node().size() == communicator.size();
  const bool one_node = communicator.min(whole ? 1 : 0) == 1;
  const bool same_size = communicator.min(initial.size()) == communicator.max(initial.size()) &&
                         communicator.min(statistics) == communicator.max(statistics) &&
                         communicator.min(momentum.size()) == communicator.max(momentum.size()) &&
                         statistics <= initial.size();
  const std::size_t weights = initial.size() - std::min(statistics, initial.size());
  Candidates selected;
  Transport transport = options.transport;
  mpi::collectively(communicator, [&] {
    if (!same_size) fail(ExitCode::internal, "the ranks' initial centers differ in size");
    require_ranks(communicator, options.shards, weights);
    if (!momentum.empty() &&
        (consistency != Consistency::snapshot || momentum.size() != 2 * weights)) {
      fail(ExitCode::internal, "a momentum of {} numbers for {} weights, or without snapshot",
           momentum.size(), weights);
    }
    transport = required_transport(options);
    selected = select(candidates, transport, consistency, one_node && options.shards == 1);
  });
  const ShardGroups groups(communicator, options.shards);
  std::string failures;
  for (const Candidate& candidate : selected) {
    const TransportOptions granted{.consistency = *offered(candidate.transport, consistency),
                                   .compression = options.compression,
                                   .statistics = statistics,
                                   .momentum = momentum,
                                   .further_clocks = further_clocks};
    try {
      Center center = try_and_open(communicator, groups, initial, candidate, granted, limit);
      announce(center, consistency, options, cut_into_shards(weights, options.shards));
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
                   const ServerOptions& options, std::optional<Consistency> consistency,
                   std::size_t statistics, std::span<const float> momentum,
                   std::size_t further_clocks) {
  return choose_center(communicator, initial, options, consistency, all_transports(),
                       self_test_limit, statistics, momentum, further_clocks);
}

}  // namespace tusk::center
