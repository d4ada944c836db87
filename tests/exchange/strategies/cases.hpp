// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <memory>
#include <span>

#include "place.hpp"

// What holds for the strategies wherever their workers are. On several ranks each case is
// collective.
namespace tusk::strategies::testing {

using MakePlace = std::function<std::unique_ptr<Place>(std::span<const float> initial)>;

// Every rule with a center does to θ and the weights what its formula says in double precision,
// window by window of a fixed, uneven schedule; with a separate pull, too.
void check_rules(const MakePlace& make_place);

// delayed_nesterov, for centers that keep a momentum: its paper's algorithm, which adds the changes
// up, whatever D is.
void check_delayed_nesterov(const MakePlace& make_place);

// Workers that train at once: θ is the start and every step, the short last windows' too.
void check_nothing_is_lost(const MakePlace& make_place);

// Elastic exchanges of workers that train at once leave θ + Σ x as it is: only steps change it.
void check_elastic_conserves(const MakePlace& make_place);

// Every rule whose exchange can run beside the next window's steps does what its formula says, one
// window late, with the staleness of that, and the workers commit the last exchange, too.
void check_overlapping_rules(const MakePlace& make_place);

// The rules without a center, with shards of uneven length, against double precision.
void check_averaging(Meeting& meeting);
void check_sync_sgd(Meeting& meeting);
void check_easgd(Meeting& meeting);
void check_diloco(Meeting& meeting);

// Without momentum and with an outer learning rate of 1 diloco is averaging.
void check_diloco_is_averaging(Meeting& meeting);

// They exchange statistics with the weights: averages by samples, easgd by its forces.
void check_peers_statistics(Meeting& meeting);

// With windows of one step, equal shards and plain SGD, averaging weights is averaging gradients.
void check_averaging_is_sync_sgd(Meeting& meeting);

// easgd's exchanges leave θ + Σ x as it is, and θ is the same on every worker to the last bit.
void check_easgd_conserves(Meeting& meeting);

}  // namespace tusk::strategies::testing
