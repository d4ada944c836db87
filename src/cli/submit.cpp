// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <cmath>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "cli/commands.hpp"
#include "cli/experiment_arguments.hpp"
#include "cli/job_arguments.hpp"
#include "core/units.hpp"
#include "data/datasets/find_files.hpp"
#include "exchange/strategies/registry.hpp"
#include "experiment/read_experiment.hpp"
#include "run/queue/job.hpp"

namespace tusk::cli {
namespace {

struct SubmitArguments {
  ExperimentArguments experiment;
  std::string run_directory;
  int ranks = 0;
  int nodes = 1;
  std::string time;
  std::string launcher = "srun";
  std::string setup;
  std::string program;
  std::vector<std::string> options;
  std::string host;
  std::string directory = "tusk-runs";
  bool send_data = false;
};

// A limit as sbatch takes it: what looks like Slurm's own goes through, "12h" becomes minutes.
std::string slurm_time(const std::string& text) {
  if (text.find_first_not_of("0123456789-:") == std::string::npos && text.front() != '-')
    return text;
  if (const auto seconds = parse_duration(text)) {
    return std::to_string(static_cast<long>(std::ceil(*seconds / 60.0)));
  }
  fail(ExitCode::usage, "--time {}: it takes a time, as 12:00:00, 2-00:00:00 or 90m", text);
}

// The files that the experiment reads.
std::vector<queue::Input> inputs(const Experiment& experiment) {
  std::vector<queue::Input> all;
  const auto add = [&](const char* option, const FileList& list) {
    queue::Input input{.option = option};
    for (const std::string& path : datasets::find_files(list)) {
      if (!std::filesystem::exists(path)) fail(ExitCode::no_input, "{}: is not there", path);
      input.files.emplace_back(path);
    }
    all.push_back(std::move(input));
  };
  add("data.train", experiment.data.train);
  if (experiment.data.validation) add("data.validation", *experiment.data.validation);
  if (experiment.data.test) add("data.test", *experiment.data.test);
  const auto add_one = [&](const char* option, const std::optional<std::string>& file) {
    if (!file) return;
    if (!std::filesystem::exists(*file)) fail(ExitCode::no_input, "{}: is not there", *file);
    all.push_back({.option = option, .files = {*file}, .is_list = false});
  };
  add_one("model.file", experiment.model.file);
  add_one("model.weights", experiment.model.weights);
  return all;
}

queue::Request request(const Experiment& experiment, const SubmitArguments& arguments) {
  queue::Request job{.name = experiment.name,
                     .experiment = experiment::read_text(arguments.experiment.file),
                     .settings = arguments.experiment.overrides,
                     .run_directory = arguments.run_directory,
                     .ranks = arguments.ranks,
                     .cores = arguments.ranks,
                     .threads = experiment.trainer.threads,
                     .nodes = arguments.nodes,
                     .time = slurm_time(arguments.time),
                     .launcher = arguments.launcher,
                     .setup = arguments.setup,
                     .program = arguments.program,
                     .options = arguments.options,
                     .host = arguments.host,
                     .directory = arguments.directory};
  if (job.run_directory.empty())
    job.run_directory = std::filesystem::path("runs") / experiment.name;
  // One server sleeps most of the time, and needs no core of its own.
  const bool served =
      strategies::topology(experiment.trainer.strategy) == strategies::Topology::parameter_server;
  if (served && job.ranks > 1 && experiment.server.shards == 1) --job.cores;
  if (!arguments.experiment.fold.empty()) {
    job.settings.push_back("data.fold=" + arguments.experiment.fold);
  }
  if (job.program.empty()) {
    job.program =
        arguments.host.empty() ? std::filesystem::read_symlink("/proc/self/exe").string() : "tusk";
  }
  for (const std::string& option : job.options) {
    if (option.starts_with("--") && option.size() > 2) continue;
    fail(ExitCode::usage,
         "--sbatch {}: it takes an option of sbatch's in one word, as --sbatch=--partition=long",
         option);
  }
  if (arguments.send_data && arguments.host.empty()) {
    fail(ExitCode::usage, "--send-data: sends data to a cluster, which --host names");
  }
  if (arguments.send_data) job.inputs = inputs(experiment);
  return job;
}

}  // namespace

Command submit_command(const Context& context) {
  const auto arguments = std::make_shared<SubmitArguments>();
  SubmitArguments& a = *arguments;
  Command command{.name = "submit",
                  .help = "Submit a training to Slurm, here or on a cluster that ssh reaches",
                  .example =
                      "One server and 32 workers, twelve hours at a time until it is trained:\n"
                      "  tusk submit configs/higgs-adag.toml --ranks 33 --time 12:00:00\n"
                      "On a cluster, with the data; then see how it is, and bring the model here:\n"
                      "  tusk submit configs/higgs-adag.toml --ranks 33 --time 12:00:00 --host "
                      "me@login --send-data\n"
                      "  tusk status runs/higgs-adag\n"
                      "  tusk fetch runs/higgs-adag",
                  .arguments = experiment_arguments(a.experiment),
                  .run = [context, arguments] {
                    const Experiment experiment = load_experiment(context, arguments->experiment);
                    return as_one_process(context, [&] {
                      const queue::Job job = queue::submit(request(experiment, *arguments));
                      const std::string run = job.run_directory.string();
                      fmt::print("{}: job {}{}; tusk status {} says how it is\n", run, job.number,
                                 job.host.empty() ? "" : " at " + job.host, run);
                    });
                  }};
  const std::vector<Argument> more{
      {.name = "--ranks",
       .place = &a.ranks,
       .help = "Processes: the servers and the workers",
       .required = true,
       .range = Range{1, 1000000}},
      {.name = "--time",
       .place = &a.time,
       .help = "The time limit; the job goes on after it",
       .value_text = "TIME, as 12:00:00 or 90m",
       .required = true},
      {.name = "--nodes",
       .place = &a.nodes,
       .help = "Nodes, at least",
       .shows_default = true,
       .range = Range{1, 100000}},
      {.name = "--run-dir",
       .place = &a.run_directory,
       .help = "Where the results are to be here (default: runs/NAME of the experiment)"},
      {.name = "--launcher",
       .place = &a.launcher,
       .help = "What starts the ranks in the job",
       .shows_default = true,
       .one_of = {"srun", "mpirun"}},
      {.name = "--setup",
       .place = &a.setup,
       .help = "A shell file that the job reads first, with what it needs, as module load openmpi",
       .value_text = "FILE"},
      {.name = "--tusk",
       .place = &a.program,
       .help = "The program there (default: this one; with --host tusk on the PATH)",
       .value_text = "PATH"},
      {.name = "--sbatch",
       .place = &a.options,
       .help = "More options of sbatch's, one a mention, as --sbatch=--partition=long (repeatable)",
       .value_text = "OPTION",
       .one_word = true},
      {.name = "--host",
       .place = &a.host,
       .help = "A cluster's login node, as ssh takes it",
       .group = "On a cluster",
       .value_text = "[USER@]HOST"},
      {.name = "--directory",
       .place = &a.directory,
       .help = "The folder for runs there",
       .group = "On a cluster",
       .shows_default = true},
      {.name = "--send-data",
       .place = &a.send_data,
       .help = "Send the experiment's data sets and model along, instead of finding them there",
       .group = "On a cluster"}};
  command.arguments.insert(command.arguments.end(), more.begin(), more.end());
  return command;
}

}  // namespace tusk::cli
