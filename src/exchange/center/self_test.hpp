// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <functional>

#include "exchange/center/make_center.hpp"

namespace tusk::center {

// The elements of the center that the self-test wants: several stripes and pieces, and a rest.
inline constexpr std::size_t self_test_size = 70'001;

// And behind them so many statistics.
inline constexpr std::size_t self_test_statistics = 300;

// Collective. What make_center asks of a transport before it opens the center with it. Every worker
// exchanges integer-valued vectors through `center`, new, of self_test_size zeros and
// self_test_statistics more, while rank 0 serves. Throws mpi::CollectiveError (internal) on every
// rank if an operation fails, a sum is wrong or tickets have gaps.
void self_test(const mpi::Communicator& communicator, Center& center);

// Collective. Every worker does `work` while rank 0 serves `center`; a failure of one is an
// mpi::CollectiveError on every rank.
void while_served(const mpi::Communicator& communicator, Center& center,
                  const std::function<void()>& work);

}  // namespace tusk::center
