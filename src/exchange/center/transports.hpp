// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <functional>
#include <optional>
#include <span>
#include <vector>

#include "exchange/center/make_center.hpp"

namespace tusk::center {

// Collective. Opens the center on rank 0 with rank 0's `initial`, without a test. Throws on every
// rank if it fails on one.
//   open_shared    loads and stores in memory that all ranks map
//   open_rma       one-sided operations on an rma window
//   open_message   messages that rank 0 answers
struct TransportOptions {
  Consistency consistency = Consistency::snapshot;  // one that the transport offers
  CompressionOptions compression = {};              // read by `message`; elsewhere `none`
};
Center open_shared(const mpi::Communicator& communicator, std::span<const float> initial,
                   const TransportOptions& options);
Center open_rma(const mpi::Communicator& communicator, std::span<const float> initial,
                const TransportOptions& options);
Center open_message(const mpi::Communicator& communicator, std::span<const float> initial,
                    const TransportOptions& options);

// A transport as make_center considers it.
struct Candidate {
  Transport transport;
  std::function<Center(const mpi::Communicator&, std::span<const float>, const TransportOptions&)>
      open;
};

// All of them, the best first.
std::vector<Candidate> all_transports();

// make_center with other candidates and another time to answer the self-test in.
Center choose_center(const mpi::Communicator& communicator, std::span<const float> initial,
                     const ServerOptions& options, std::optional<Consistency> consistency,
                     const std::vector<Candidate>& candidates, std::chrono::milliseconds limit);

}  // namespace tusk::center
