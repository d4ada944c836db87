// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstddef>
#include <optional>
#include <variant>

#include "tusk/core/named.hpp"

namespace tusk {

// Plain sequential training in one process.
struct SingleOptions {
  static constexpr const char* name = "single";

  friend bool operator==(const SingleOptions&, const SingleOptions&) = default;
};

// Dean et al., NIPS 2012. θ += x − x₀ after every window.
struct DownpourOptions {
  static constexpr const char* name = "downpour";
  std::size_t communication_window = 5;  // steps between two exchanges

  friend bool operator==(const DownpourOptions&, const DownpourOptions&) = default;
};

// Hermans 2017. θ += (x − x₀)/m after every window of m steps.
struct AdagOptions {
  static constexpr const char* name = "adag";
  static constexpr const char* alias = "agn";  // its name in Hermans's thesis
  std::size_t communication_window = 12;

  friend bool operator==(const AdagOptions&, const AdagOptions&) = default;
};

// The algorithm and the options that only it has.
using StrategyOptions = std::variant<SingleOptions, DownpourOptions, AdagOptions>;

// What a reader of the center can see of writers at work.
enum class Consistency {
  snapshot,  // pulls and commits are atomic as whole vectors
  element,   // each float's addition is atomic; a pull may see a commit half applied
  none,      // reads and writes race (Hogwild)
};

constexpr auto names_of(Consistency) {
  return std::to_array<Named<Consistency>>({{"snapshot", Consistency::snapshot},
                                            {"element", Consistency::element},
                                            {"none", Consistency::none}});
}

// The [trainer] table: `name` selects the strategy, whose options stand beside the common ones.
struct TrainerOptions {
  StrategyOptions strategy;
  std::size_t epochs = 1;
  std::size_t batch_size = 32;
  std::optional<Consistency> consistency;  // none given: the strongest that the transport offers
  bool keep_optimizer_state = true;        // whether momentum and moments survive a pull

  friend bool operator==(const TrainerOptions&, const TrainerOptions&) = default;
};

enum class Transport { automatic, shared, rma, message };

constexpr auto names_of(Transport) {
  return std::to_array<Named<Transport>>({{"auto", Transport::automatic},
                                          {"shared", Transport::shared},
                                          {"rma", Transport::rma},
                                          {"message", Transport::message}});
}

// The [server] table: the parameter server on rank 0.
struct ServerOptions {
  Transport transport = Transport::automatic;  // "auto"

  friend bool operator==(const ServerOptions&, const ServerOptions&) = default;
};

}  // namespace tusk
