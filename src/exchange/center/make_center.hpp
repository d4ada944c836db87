// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <optional>
#include <span>

#include "exchange/center/center_server.hpp"
#include "experiment/server_options.hpp"
#include "experiment/trainer_options.hpp"
#include "tusk/center.hpp"

namespace tusk::mpi {
class Communicator;
}

// The center variable: a vector θ of weights that all workers of a job share. This room knows
// neither networks nor rules. What happens in it, and in which file, in order:
//
//   1. A run with a server (run/training/topologies.cpp) calls make_center once, on all ranks. It
//      goes through the transports (transports.hpp), lets each pass the self_test, and opens the
//      center by the first that does. Where there are several servers, shard_groups says which
//      ranks exchange which slice of θ.
//   2. A worker's strategy calls a verb of its CenterVariable (center_variable.hpp: pull, commit,
//      …). The verb becomes an Update (update.hpp), which each of these, if it is there, hands on:
//        statistics_center    adds the moving statistics of the network, if it has any
//        overlapping_center       with trainer.overlap: does it beside the next window's steps
//        worker::ObservedCenter   always (run/worker): measures and reports it
//        sharded_center           with server.shards: does a slice of it on each server
//        center_worker            always: counts versions and staleness, for every transport alike
//      and the last one's derived class, the transport's, does it to θ:
//        shared_transport    a sweep over memory that all ranks map; striped_center has the sweep
//        rma_transport       one-sided MPI operations on rank 0's rma window
//        message_transport   message_call sends it, message_server on rank 0 does it, both by
//                            message_protocol; compression makes commits smaller
//        local_center        in one process, for a run of one rank and for simulations
//   3. Meanwhile rank 0 calls its CenterServer (center_server.hpp): progress() all the time, and
//      snapshot() to validate (run/coordinator/server_loop.cpp). sharded_server asks the others.
//
// Beside θ are some cells for orders, clocks and claims: control_board.hpp says which, cells.hpp
// keeps them. Workers of a rule without a center meet in Peers instead (peers.hpp, mpi_peers.hpp).
namespace tusk::center {

// What the ranks agreed on. Ranks 0 to S − 1, S = options.shards, have a `server` and no `worker`;
// the others the reverse: rank r is worker r − S. Rank 0's server knows the whole center, the other
// servers know their shard of it: all they have to do is to call progress(), and they have to as
// long as rank 0 may take a snapshot. Its end is collective.
struct Center {
  Transport transport = Transport::automatic;  // the one chosen, never `automatic`
  Consistency consistency = Consistency::snapshot;
  std::unique_ptr<CenterVariable> worker;
  std::unique_ptr<CenterServer> server;
};

// Collective; needs more ranks than shards, and no more shards than parameters. Opens the center on
// the servers with their values of `initial` (every rank gives as many). Before that the transport
// has to pass the self-test: all workers exchange a known sum through a small center of the same
// kind on each server.
//
// With several shards each is a center of its own between its server and all workers, over the same
// transport, and orders commits by itself: what `consistency` promises, it promises within a shard.
// A commit's ticket and staleness are shard 0's; dynsgd's weights are each shard's own. A snapshot
// of rank 0 has each shard at a time of its own; once the workers are done, it is exact.
//
// With `automatic`: the first of shared (one shard, all ranks on one node), rma, message that
// offers `consistency` (nothing: the strongest that the transport has) and passes. A transport that
// gives a wrong sum or an error is reported with a warning and the next one tried; one that was
// asked for by name is Error(internal). No answer within 60 s ends the job through mpi::Deadline,
// with exit code 70 and the advice server.transport = "message", because a stuck MPI call cannot be
// left.
//
// The last `statistics` numbers of `initial` are statistics (Update::Statistics), the others
// weights. They are never compressed.
//
// `momentum`: what the center keeps of an outer momentum, as it begins (CenterServer::momentum), as
// many numbers on every rank; nothing: none. It needs consistency `snapshot`.
//
// `further_clocks`: so many clocks more than workers has the board, for what others tell of
// theirs. It needs the transport `shared`.
//
// A consistency that no candidate offers is Error(bad_experiment), on every rank, as is "shared"
// with several shards or when the ranks are on several nodes, and compression with another
// transport than "message", which it chooses. The choice is logged.
Center make_center(const mpi::Communicator& communicator, std::span<const float> initial,
                   const ServerOptions& options, std::optional<Consistency> consistency,
                   std::size_t statistics = 0, std::span<const float> momentum = {},
                   std::size_t further_clocks = 0);

}  // namespace tusk::center
