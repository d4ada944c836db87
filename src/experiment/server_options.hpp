// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstddef>
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

// The [server] table: the parameter server on rank 0, or on ranks 0 to shards − 1, each with a
// slice of the center.
struct ServerOptions {
  Transport transport = Transport::automatic;  // "auto"
  std::size_t shards = 1;                      // above 1: of the transports `rma` and `message`
  CompressionOptions compression;              // other than none: of the transport `message`

  // After how long without a sign of life a rank is named in a warning, and after how long the job
  // ends for it: "90s", "10m", "never".
  std::string stall_warning = "60s";
  std::string stall_abort = "never";

  friend bool operator==(const ServerOptions&, const ServerOptions&) = default;
};

}  // namespace tusk
