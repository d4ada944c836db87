// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "run/queue/place.hpp"

// Jobs of a batch system: Slurm's, through its own commands. In the order of a job's life:
//
//   process.hpp   runs a program, by the words of its argv
//   place.hpp     here, or on a cluster's login node through ssh and rsync
//   job.hpp       a job of a run: what is kept of it, and submit(), state(), cancel(), fetch()
//   train_script  (generated) scripts/slurm/train.sbatch, the script of every job
//
// No shell reads anything that a user has named: the script is always the same text, and gets its
// experiment, its run directory and so on as arguments.
namespace tusk::queue {

// What is to be sent along with an experiment: files, and the option that names them there.
struct Input {
  std::string option;  // "data.train"
  std::vector<std::filesystem::path> files;
  bool is_list = true;  // else one name
};

struct Request {
  std::string name;                     // the experiment's
  std::string experiment;               // the text of its file
  std::vector<std::string> settings;    // what --set changes in it
  std::filesystem::path run_directory;  // here
  int ranks = 1;
  int cores = 1;                     // that Slurm is asked for, times `threads`
  std::size_t threads = 1;           // of a rank
  int nodes = 1;                     // at least
  std::string time;                  // the limit, as Slurm writes it
  std::string launcher;              // srun, mpirun
  std::string setup;                 // a shell file that the job reads first; none: ""
  std::string program;               // tusk, where the job runs
  std::vector<std::string> options;  // more of sbatch's
  std::string host;                  // "": this machine's Slurm
  std::string directory;             // there, for runs; from the home
  std::vector<Input> inputs;         // to be sent along
};

// A job that was submitted. What is kept of it stands in RUN_DIRECTORY.job/job.json.
struct Job {
  std::string number;
  std::string host;
  std::string directory;                // "": this machine's working directory
  std::string run;                      // the run directory, there
  std::string folder;                   // of the script, the experiment and the log, there
  std::filesystem::path run_directory;  // here

  std::string log() const { return folder + "/log"; }
};

struct JobState {
  std::string word;    // Slurm's: PENDING, RUNNING, COMPLETED, …; "": Slurm knows nothing of it
  std::string detail;  // "on node7, 1:02 of 12:00:00"
  bool in_queue = false;
};

// Where a job's files are kept here: runs/NAME.job of the run directory runs/NAME.
std::filesystem::path folder_of(const std::filesystem::path& run_directory);

// Submits. Error(cannot_create) if the run's job is in the queue already, if the run is finished,
// or if the run directory has a run of this machine's while the job is to run elsewhere;
// Error(io_error) with sbatch's own words if it refuses; Error(no_input, io_error) as Place has
// them.
Job submit(const Request& request);

// The job that was submitted for a run directory. Error(no_input) if there was none,
// Error(bad_data) if what is kept of it is damaged.
Job read_job(const std::filesystem::path& run_directory);

// What Slurm says of it: squeue, or else sacct. Error(io_error) if it cannot be asked.
JobState state(const Job& job);

// The last line of its log that is not a launcher's on an exit code, or nothing.
std::string last_words(const Job& job);

// Error(no_input) if it is no longer in the queue.
void cancel(const Job& job);

// Brings the run directory and the log here; checkpoints only if they are asked for. A job of this
// machine's has them here. Error(no_input) if there is nothing yet.
void fetch(const Job& job, bool with_checkpoints);

}  // namespace tusk::queue
