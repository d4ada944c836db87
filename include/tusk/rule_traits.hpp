// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <optional>

#include "tusk/named.hpp"

namespace tusk {

// Where the model lives and who computes.
enum class Topology {
  sequential,        // one process; its weights are the model
  parameter_server,  // rank 0 serves the center, the other ranks are workers; the center is the
                     // model
  peers,             // every rank is a worker, they meet to reduce; Strategy::model is the model
  independent,       // every rank trains members of an ensemble by itself
};

// Whether what a worker trains gets into the model by exchanges.
constexpr bool exchanges_anything(Topology topology) {
  return topology == Topology::parameter_server || topology == Topology::peers;
}

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

// What the rest of the program must know of a distributed optimizer beside its formula: what may
// stand in the experiment with it, what it is given, what surrounds it. A rule's struct of options
// has them as `static constexpr RuleTraits traits`, beside its `name`; nothing else lists rules by
// name. The defaults are those of a plain rule with a center. What depends on the options' values
// is told by the rule's check().
struct RuleTraits {
  Topology topology = Topology::parameter_server;

  // The consistency of the center that the rule is about; none: the user chooses.
  std::optional<Consistency> consistency = {};

  // Its only exchange in a window is commit_change, not weighed by proximity, or elastic: it can
  // run beside the next window's steps (TrainerOptions::overlap).
  bool overlaps = false;

  // It sends weights, not what is added to a center: that cannot be compressed.
  bool sends_positions = false;

  // Its commits move the center's outer momentum (center::OuterMomentum), for which the center has
  // to keep two vectors beside θ. Only a center whose exchanges are atomic can: `consistency` has
  // to be `snapshot`.
  bool center_momentum = false;

  // Strategy::shares_gradients: all workers take every step with their common gradient, so that
  // there is no pull which the optimizer's state would not survive.
  bool shares_gradients = false;

  // It has to be given the velocity of the optimizer's Nesterov momentum (Surroundings::velocity).
  bool needs_nesterov = false;

  // It keeps the sum of the center and all workers' weights, or that of the weights, as it is: what
  // an exchange takes from one it gives to another, so that it cannot be done in part (the relays'
  // `merge`).
  bool keeps_sum = false;

  // Why the relays of a tree of centers cannot exchange by it, as the end of a sentence; null: they
  // can. A relay calls the hooks of one exchange (Strategy), with windows of one sample and without
  // gradients, and never on_pass_start().
  const char* not_between_relays = nullptr;
};

}  // namespace tusk
