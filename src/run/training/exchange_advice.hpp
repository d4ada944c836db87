// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>

#include "experiment/trainer_options.hpp"
#include "run/records/summary.hpp"

namespace tusk::training {

// What a run's log says at its end if its workers have spent more than a third of their time in
// exchanges with a center: with which communication_window it would be a tenth. Nothing for runs of
// less than ten seconds. Before a run, `tusk check` says what exchanges would cost (run/advice).
std::optional<std::string> exchange_advice(const records::Summary& summary,
                                           const TrainerOptions& trainer);

}  // namespace tusk::training
