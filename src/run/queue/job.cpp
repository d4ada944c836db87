// SPDX-License-Identifier: Apache-2.0
#include "run/queue/job.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <sstream>
#include <string_view>

#include "run/queue/job_file.hpp"
#include "tusk/error.hpp"

namespace tusk::queue {
namespace {

constexpr std::array<std::string_view, 10> ended{
    "COMPLETED",     "FAILED",    "CANCELLED", "TIMEOUT",   "NODE_FAIL",
    "OUT_OF_MEMORY", "BOOT_FAIL", "DEADLINE",  "PREEMPTED", "REVOKED"};

std::vector<std::string> fields_of(const std::string& line) {
  std::vector<std::string> fields;
  std::istringstream in(line);
  for (std::string field; std::getline(in, field, '|');) fields.push_back(field);
  return fields;
}

// "CANCELLED by 1000" and "CANCELLED+" are CANCELLED.
std::string state_word(const std::string& text) {
  return text.substr(0, text.find_first_not_of("ABCDEFGHIJKLMNOPQRSTUVWXYZ_"));
}

// What a job has come to, of which squeue knows nothing any more. Without accounting sacct may
// still have the log of completions (-c).
JobState accounted(const Place& place, const Job& job) {
  for (const Words& what :
       {Words{"-X", "-o", "State,ExitCode,Elapsed"}, Words{"-c", "-o", "State"}}) {
    Words command{"sacct", "-n", "-P", "-j", job.number};
    command.insert(command.end(), what.begin(), what.end());
    const Finished said = place.run(command);
    if (said.code != 0) continue;
    const auto fields = fields_of(last_line(said.out));
    if (fields.empty() || state_word(fields[0]).empty()) continue;
    JobState state{.word = state_word(fields[0])};
    if (fields.size() == 3) {
      state.detail = fmt::format("exit code {}, after {}", fields[1].substr(0, fields[1].find(':')),
                                 fields[2]);
    }
    return state;
  }
  return {};
}

std::vector<std::string> lines_of(const std::string& text) {
  std::vector<std::string> lines;
  std::istringstream in(text);
  for (std::string line; std::getline(in, line);) {
    if (!last_line(line).empty()) lines.push_back(last_line(line));
  }
  return lines;
}

// Of a log's end: its last line, but for what srun and mpirun add of a rank that ended with an exit
// code, which the line before explains. What mpirun says stands between two rules.
std::string last_statement(const std::string& text) {
  const auto says = [](const std::string& line, std::string_view what) {
    return line.find(what) != std::string::npos;
  };
  const auto is_rule = [](const std::string& line) {
    return line.size() > 20 && line.find_first_not_of('-') == std::string::npos;
  };
  std::vector<std::string> lines = lines_of(text);
  while (!lines.empty()) {
    if (lines.back().starts_with("srun: ") && says(lines.back(), "Exited with exit code")) {
      lines.pop_back();
    } else if (is_rule(lines.back())) {
      lines.pop_back();
      const auto rule = std::ranges::find_if(lines.rbegin(), lines.rend(), is_rule);
      if (rule == lines.rend()) continue;  // a line like one
      const auto begin = rule.base();
      const bool explains = std::any_of(
          begin, lines.end(), [&](const std::string& line) { return says(line, "non-zero"); });
      if (!explains && begin != lines.end()) return *begin;
      lines.erase(begin - 1, lines.end());
    } else {
      return lines.back();
    }
  }
  return last_line(text);
}

}  // namespace

JobState state(const Job& job) {
  const Place place(job.host);
  const Finished said = place.run(
      {"squeue", "--noheader", "--states=all", "--jobs=" + job.number, "--format=%T|%r|%M|%l|%N"});
  if (said.code != 0 && said.err.find("Invalid job id") == std::string::npos) {
    fail(ExitCode::io_error, "squeue: {}", last_line(said.err));
  }
  const auto fields = fields_of(last_line(said.out));
  if (fields.size() < 4) return accounted(place, job);
  JobState state{.word = state_word(fields[0])};
  state.in_queue = std::ranges::find(ended, state.word) == ended.end();
  if (state.word == "PENDING") {
    state.detail = fmt::format("waits: {}", fields[1]);
  } else if (state.in_queue) {
    state.detail = fmt::format("on {}, {} of {}", fields.size() > 4 ? fields[4] : "no node",
                               fields[2], fields[3]);
  } else {
    const JobState whole = accounted(place, job);  // the exit code, where it is known
    state.detail = whole.detail.empty() ? fmt::format("after {}", fields[2]) : whole.detail;
  }
  return state;
}

std::string last_words(const Job& job) {
  const Finished said = Place(job.host).run({"tail", "-n", "40", "--", job.log()}, job.directory);
  return said.code == 0 ? last_statement(said.out) : std::string();
}

void cancel(const Job& job) {
  const JobState now = state(job);
  if (!now.in_queue) {
    fail(ExitCode::no_input, "{}: job {} is no longer in the queue{}", job.run_directory.string(),
         job.number, now.word.empty() ? "" : " (" + now.word + ")");
  }
  const Finished said = Place(job.host).run({"scancel", job.number});
  if (said.code != 0) fail(ExitCode::io_error, "scancel: {}", last_line(said.err));
}

void fetch(const Job& job, bool with_checkpoints) {
  const Place place(job.host);
  if (place.here()) {
    if (std::filesystem::is_directory(job.run_directory)) return;
    fail(ExitCode::no_input, "{} is not there: job {} has not begun to train (tusk status)",
         job.run_directory.string(), job.number);
  }
  Words options{"--exclude=model.h5.reserved"};  // room for what is to come
  if (!with_checkpoints) options.emplace_back("--exclude=/checkpoints");
  std::filesystem::create_directories(job.run_directory.parent_path());
  const std::string root = job.directory + "/";
  const Finished run = place.fetch(root + job.run + "/", job.run_directory.string() + "/", options);
  if (run.code != 0) {
    fail(ExitCode::no_input, "{}:{}{} cannot be fetched: has job {} begun to train? (rsync: {})",
         job.host, root, job.run, job.number, last_line(run.err));
  }
  const Finished log =
      place.fetch(root + job.log(), folder_of(job.run_directory).string() + "/", {});
  if (log.code != 0) {
    fail(ExitCode::io_error, "{} is fetched, but not its log, {}:{}{} (rsync: {})",
         job.run_directory.string(), job.host, root, job.log(), last_line(log.err));
  }
}

}  // namespace tusk::queue
