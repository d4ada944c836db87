// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "cli/commands.hpp"
#include "cli/job_arguments.hpp"
#include "run/queue/job.hpp"
#include "tusk/error.hpp"

namespace tusk::cli {
namespace {

// The runs in runs/ of which tusk submit has kept a job.
std::vector<std::string> submitted_runs() {
  std::vector<std::string> runs;
  std::error_code error;
  for (const auto& entry : std::filesystem::directory_iterator("runs", error)) {
    if (entry.path().extension() == ".job" && std::filesystem::exists(entry.path() / "job.json")) {
      runs.push_back((entry.path().parent_path() / entry.path().stem()).string());
    }
  }
  std::ranges::sort(runs);
  return runs;
}

void print_status(const std::string& run) {
  const queue::Job job = queue::read_job(run);
  const queue::JobState state = queue::state(job);
  const std::string where = job.host.empty() ? "" : " at " + job.host;
  if (state.word.empty()) {
    fmt::print("{}: job {}{} is gone: neither squeue nor sacct knows it\n", run, job.number, where);
  } else {
    fmt::print("{}: job {}{} {}{}\n", run, job.number, where, state.word,
               state.detail.empty() ? "" : ", " + state.detail);
  }
  if (const std::string words = queue::last_words(job); !words.empty()) {
    fmt::print("  {}\n", words);
  }
}

}  // namespace

Command status_command(const Context& context) {
  const auto runs = std::make_shared<std::vector<std::string>>();
  return {
      .name = "status",
      .help = "Say what has become of jobs of tusk submit, with the last line of their logs",
      .example =
          "Of all that were submitted from this folder, or of one:\n"
          "  tusk status\n"
          "  tusk status runs/higgs-adag",
      .arguments = {{.name = "RUN",
                     .place = runs.get(),
                     .help = "Run directories that tusk submit has named (default: all in runs/)"}},
      .run = [context, runs] {
        return as_one_process(context, [&] {
          const std::vector<std::string> all = runs->empty() ? submitted_runs() : *runs;
          if (all.empty()) fmt::print("no job was submitted from this folder\n");
          std::optional<Error> first;  // one that cannot be asked must not hide the others
          for (const std::string& run : all) {
            try {
              print_status(run);
            } catch (const Error& error) {
              if (all.size() == 1) throw;
              fmt::print("{}: unknown: {}\n", run, error.what());
              if (!first) first = error;
            }
          }
          if (first) throw *first;
        });
      }};
}

}  // namespace tusk::cli
