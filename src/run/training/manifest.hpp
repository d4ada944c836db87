// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "exchange/center/make_center.hpp"
#include "experiment/experiment.hpp"

namespace tusk::training {

struct Job;

// manifest.json: what the run ran with: versions, compiler, git revision, ranks and hosts,
// transport, seed, the data files' size, time, shapes and checksum, Slurm's variables. `hosts`: by
// rank. `transport`: "none" when server and worker are one process.
std::string manifest_json(const Experiment& experiment, const Job& job,
                          const std::vector<std::string>& hosts, const std::string& transport,
                          const std::string& consistency);

}  // namespace tusk::training
