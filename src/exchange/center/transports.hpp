// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstddef>
#include <functional>
#include <optional>
#include <span>
#include <vector>

#include "exchange/center/make_center.hpp"

namespace tusk::center {

// The transports, and how make_center goes through them. Each is a file: shared_transport.cpp,
// rma_transport.cpp, message_transport.cpp. A new one is a file with a class derived from
// CenterWorker and one from CenterServer, its open_ function here, its name in
// experiment/server_options.hpp, its case in consistency.cpp, and its line in all_transports()
// (make_center.cpp).

struct TransportOptions {
  Consistency consistency = Consistency::snapshot;  // one that the transport offers
  CompressionOptions compression = {};              // read by `message`; elsewhere `none`
  std::size_t statistics = 0;                       // so many of the last numbers are statistics

  // What the center keeps of an outer momentum, as it begins (CenterServer::momentum): rank 0's
  // numbers are taken, but every rank has to give as many. Empty: none. With `snapshot` alone.
  std::span<const float> momentum = {};

  std::size_t further_clocks = 0;  // of the board, behind the workers'; read by `shared`

  // Of `message`. Whether rank 0 exchanges, too: its Center then has a server and a worker, which
  // reaches θ by memory. What a worker does while it waits for rank 0, which returns whether there
  // was anything to do; null: it sleeps.
  bool server_takes_part = false;
  std::function<bool()> meanwhile = {};
};

// Collective. Opens the center on rank 0 with rank 0's `initial`, without a test. Throws on every
// rank if it fails on one.
//   open_shared    loads and stores in memory that all ranks map
//   open_rma       one-sided operations on an rma window
//   open_message   messages that rank 0 answers
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

// All transports, the best first.
std::vector<Candidate> all_transports();

// What make_center does, with any candidates and any time in which they must pass the self-test.
// Tests call it with transports that fail.
Center choose_center(const mpi::Communicator& communicator, std::span<const float> initial,
                     const ServerOptions& options, std::optional<Consistency> consistency,
                     const std::vector<Candidate>& candidates, std::chrono::milliseconds limit,
                     std::size_t statistics = 0, std::span<const float> momentum = {},
                     std::size_t further_clocks = 0);

}  // namespace tusk::center
