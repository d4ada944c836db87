// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstddef>
#include <optional>
#include <string>

#include "tusk/named.hpp"

namespace tusk {

enum class Transport { automatic, shared, rma, message };

constexpr auto names_of(Transport) {
  return std::to_array<Named<Transport>>({{"auto", Transport::automatic},
                                          {"shared", Transport::shared},
                                          {"rma", Transport::rma},
                                          {"message", Transport::message}});
}

enum class CompressionKind {
  none,
  bf16,  // every number with 8 bits of mantissa instead of 24: half the bytes
  topk,  // only the numbers of largest magnitude, with their indices
};

constexpr auto names_of(CompressionKind) {
  return std::to_array<Named<CompressionKind>>({{"none", CompressionKind::none},
                                                {"bf16", CompressionKind::bf16},
                                                {"topk", CompressionKind::topk}});
}

// How workers send commits. What one leaves out goes with the next (error feedback).
struct CompressionOptions {
  CompressionKind kind = CompressionKind::none;
  double topk_fraction = 0.01;  // in (0, 0.5): this share of the numbers

  friend bool operator==(const CompressionOptions&, const CompressionOptions&) = default;
};

// Where the center is.
enum class ServerTopology {
  flat,  // one, for all workers
  tree,  // one on every node, for its workers; the nodes' relays exchange among each other
};

constexpr auto names_of(ServerTopology) {
  return std::to_array<Named<ServerTopology>>(
      {{"flat", ServerTopology::flat}, {"tree", ServerTopology::tree}});
}

// The [server] table: the parameter server on rank 0, or on ranks 0 to shards − 1, each with a
// slice of the center.
struct ServerOptions {
  Transport transport = Transport::automatic;  // "auto"
  std::size_t shards = 1;                      // above 1: of the transports `rma` and `message`
  CompressionOptions compression;              // other than none: of the transport `message`

  // In a tree: every so many ranks, of which the first is the relay and the others are workers,
  // make a node of their own. None: the ranks of each machine.
  ServerTopology topology = ServerTopology::flat;
  std::optional<std::size_t> ranks_per_node;

  // After how long without a sign of life a rank is named in a warning, and after how long the job
  // ends for it: "90s", "10m", "never".
  std::string stall_warning = "60s";
  std::string stall_abort = "never";

  friend bool operator==(const ServerOptions&, const ServerOptions&) = default;
};

}  // namespace tusk
