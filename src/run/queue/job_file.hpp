// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "run/queue/job.hpp"

namespace tusk::queue {

// job.json of the job's folder here, which read_job() reads.
void write_job(const Job& job);

// Whether a text is what Slurm calls a job: digits alone, which no command takes for an option.
bool is_job_number(const std::string& text);

// Whether something is kept of a job of this run.
bool has_job(const std::filesystem::path& run_directory);

}  // namespace tusk::queue
