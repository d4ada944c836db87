// SPDX-License-Identifier: Apache-2.0
// What every center has to do, wherever it is. Under MPI each rank calls these; the results are
// checked where the server is.
#pragma once

#include <functional>
#include <memory>
#include <span>

#include "player.hpp"
#include "site.hpp"

namespace tusk::center::testing {

using MakeSite = std::function<std::unique_ptr<Site>(std::span<const float> initial)>;
using MakeSiteWithStatistics =
    std::function<std::unique_ptr<Site>(std::span<const float> initial, std::size_t statistics)>;

using MakeSiteWithMomentum = std::function<std::unique_ptr<Site>(std::span<const float> initial,
                                                                 std::span<const float> momentum)>;

// `snapshot`: for centers from one element to several stripes and pieces, every pull, every fused
// result, every force and every snapshot of rank 0 is that of all operations done one after the
// other in the order of their tickets; exactly so for integers.
void check_linearizable(const MakeSite& make_site);

// The same of one center with all operations, for a transport that is slow.
void check_linearizable_once(const MakeSite& make_site);

// The same without rank 0's snapshots: for one worker alone, where no consistency promises less.
// Of the smallest center there are so many elements.
void check_sequential(const MakeSite& make_site, std::size_t smallest = 1);

// Even `element`: exchanges that are all elastic give what they give one after the other in the
// order of their tickets.
void check_elastic_replays(const MakeSite& make_site);

// `element`: integer-valued commits add up exactly; tickets and staleness are exact.
void check_exact_sums(const MakeSite& make_site);

// A worker sees its own commits and never sees one vanish, in any element.
void check_growth(const MakeSite& make_site);

// Even `none`: tickets and staleness are exact, whatever the operations.
void check_tickets(const MakeSite& make_site);

// Elastic exchanges move weight between θ and the workers and lose none: θ + Σ x stays.
void check_elastic_conserves(const MakeSite& make_site);

// Exchanges beside other work, given turns and left alone at random: every commit gets into the
// center once, with an exact ticket and the staleness of one window later, and a worker's weights
// have all of its own changes.
void check_overlapping(const MakeSite& make_site);

// The same of elastic exchanges: θ + Σ x stays.
void check_overlapping_conserves(const MakeSite& make_site);

// Whatever verbs the workers' rules use and however they scale their deltas, the center's
// statistics are those of all commits' batches, one after the other in the order of their tickets,
// and what each worker gets is that; or, in any order, averages of batches at least.
enum class Order { of_tickets, any };
void check_statistics(const MakeSiteWithStatistics& make_site, Order order);

// The same where commits run beside other work.
void check_statistics_beside(const MakeSiteWithStatistics& make_site);

// Elastic exchanges move statistics as they move weights: θ + Σ x stays.
void check_statistics_conserved(const MakeSiteWithStatistics& make_site);

// Commits that move an outer momentum: which of them are its D-th, what everybody sees and what the
// center keeps are those of all commits one after the other in the order of their tickets, to the
// last bit. Of the smallest center there are so many elements.
void check_momentum(const MakeSiteWithMomentum& make_site, std::size_t smallest = 1);

// A center without a momentum refuses them, and has none to be kept.
void check_no_momentum(const MakeSite& make_site);

// Cells are added to without a loss, and clocks, stores and the learning rate's scale reach all.
void check_board(const MakeSite& make_site);

}  // namespace tusk::center::testing
