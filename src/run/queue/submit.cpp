// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>
#include <unistd.h>

#include <array>
#include <fstream>
#include <iterator>

#include "core/pending_file.hpp"
#include "run/queue/job.hpp"
#include "run/queue/job_file.hpp"
#include "run/queue/train_script.hpp"
#include "tusk/error.hpp"

namespace tusk::queue {
namespace {

// A path for sbatch's --output, where % begins a pattern.
std::string literal(const std::string& path) {
  std::string text;
  for (const char c : path) text += c == '%' ? std::string("%%") : std::string(1, c);
  return text;
}

// A text as TOML has it, for --set.
std::string toml_text(const std::string& text) {
  std::string quoted = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') quoted += '\\';
    quoted += c;
  }
  return quoted + "\"";
}

// What sbatch has said last, but for where its help is.
std::string last_complaint(const std::string& text) {
  const std::string last = last_line(text);
  return last.starts_with("Try ") ? last_line(text.substr(0, text.rfind(last))) : last;
}

// A word that whoever gets it takes for a path, and not for an option.
std::string as_path(const std::string& text) { return text.starts_with('-') ? "./" + text : text; }

// What is at its end names the run, here and at the cluster.
void require_name(const std::filesystem::path& run_directory) {
  const std::filesystem::path name = folder_of(run_directory).filename().replace_extension();
  if (!name.empty() && name != "." && name != "..") return;
  fail(ExitCode::usage, "--run-dir {}: it ends in no name that a run could have",
       run_directory.string());
}

// Runs of several folders here may have one name, and would be one at the cluster.
void require_own(const Request& request, const Place& place, const std::string& there,
                 const std::string& origin) {
  const Finished said = place.run({"cat", "--", there + "/origin"});
  if (said.code != 0 || said.out == origin) return;
  fail(ExitCode::cannot_create,
       "{}:{} was submitted from elsewhere ({}); --run-dir or --directory names another place",
       request.host, there, last_line(said.out));
}

// This machine and the run directory on it.
std::string origin_of(const Request& request) {
  std::array<char, 256> host{};
  ::gethostname(host.data(), host.size() - 1);
  return fmt::format("{}:{}\n", host.data(),
                     std::filesystem::absolute(request.run_directory).lexically_normal().string());
}

// The job would end with tusk train's words for it.
void require_unfinished(const Place& place, const Job& job) {
  const std::string run = job.directory.empty() ? job.run : job.directory + "/" + job.run;
  const std::string summary = run + "/summary.json";
  std::error_code unknown;  // then the job will say
  const bool is_finished = place.here() ? std::filesystem::exists(summary, unknown)
                                        : place.run({"test", "-e", summary}).code == 0;
  if (!is_finished) return;
  fail(ExitCode::cannot_create, "{}{} is a finished run; --run-dir names another place",
       job.host.empty() ? "" : job.host + ":", run);
}

void require_free(const Request& request) {
  const auto& directory = request.run_directory;
  if (!has_job(directory)) {
    if (!request.host.empty() && std::filesystem::exists(directory) &&
        !std::filesystem::is_empty(directory)) {
      fail(ExitCode::cannot_create,
           "{} has a run of this machine, and what is fetched from {} would replace it; --run-dir "
           "names another place",
           directory.string(), request.host);
    }
    return;
  }
  const Job job = read_job(directory);
  if (job.host != request.host) {
    fail(ExitCode::cannot_create, "{} is a run of {}; --run-dir names another place",
         directory.string(), job.host.empty() ? "this machine" : job.host);
  }
  if (const JobState now = state(job); now.in_queue) {
    fail(ExitCode::cannot_create, "{} is submitted already: job {} is {} (tusk cancel {} ends it)",
         directory.string(), job.number, now.word, directory.string());
  }
}

// The job's files, in its folder here: the script, the experiment, and what the job reads first.
void write_files(const Request& request, const std::filesystem::path& folder) {
  std::error_code error;
  std::filesystem::create_directories(folder, error);
  if (error) fail(ExitCode::cannot_create, "{}: {}", folder.string(), error.message());
  std::filesystem::permissions(folder, std::filesystem::perms::owner_all, error);
  PendingFile::write(folder / "train.sbatch", train_script);
  PendingFile::write(folder / "experiment.toml", request.experiment);
  if (request.setup.empty()) return;
  std::ifstream in(request.setup, std::ios::binary);
  if (!in) fail(ExitCode::no_input, "--setup {}: cannot be opened", request.setup);
  PendingFile::write(folder / "setup.sh", std::string(std::istreambuf_iterator<char>(in), {}));
}

// Sends the files along; returns the settings that name them there.
std::vector<std::string> send_inputs(const Request& request, const Place& place, const Job& job) {
  std::vector<std::string> settings;
  std::size_t number = 0;
  for (const Input& input : request.inputs) {
    std::string names;
    for (const std::filesystem::path& file : input.files) {
      const std::string name =
          fmt::format("{}/inputs/{}-{}", job.folder, number++, file.filename().string());
      place.send(file, job.directory + "/" + name, {"-L"});
      names += (names.empty() ? "" : ", ") + toml_text(name);
    }
    settings.push_back(
        fmt::format(fmt::runtime(input.is_list ? "{}=[{}]" : "{}={}"), input.option, names));
  }
  return settings;
}

Words sbatch(const Request& request, const Job& job, const std::vector<std::string>& settings) {
  Words words{"sbatch",
              "--parsable",
              "--export=ALL",
              "--job-name=" + request.name,
              fmt::format("--ntasks={}", request.cores),
              fmt::format("--cpus-per-task={}", request.threads),
              fmt::format("--nodes={}", request.nodes),
              "--time=" + request.time,
              "--output=" + literal(job.log())};
  words.insert(words.end(), request.options.begin(), request.options.end());
  words.push_back(as_path(job.folder + "/train.sbatch"));
  words.push_back(as_path(job.folder + "/experiment.toml"));
  words.insert(words.end(), {"--run-dir", as_path(job.run)});
  for (const auto* some : {&request.settings, &settings}) {
    for (const std::string& setting : *some) words.insert(words.end(), {"--set", setting});
  }
  return words;
}

}  // namespace

Job submit(const Request& request) {
  require_printable("--run-dir", request.run_directory.string());
  if (request.run_directory.string().find('\\') != std::string::npos) {
    fail(ExitCode::usage, "--run-dir {}: Slurm takes no backslash in a log's name",
         request.run_directory.string());
  }
  require_printable("--directory", request.directory);
  for (const std::string& setting : request.settings) require_printable("--set", setting);
  require_name(request.run_directory);
  require_free(request);
  const Place place(request.host);
  const std::filesystem::path folder = folder_of(request.run_directory);
  Job job{.host = request.host, .run_directory = request.run_directory};
  if (place.here()) {
    job.run = std::filesystem::absolute(request.run_directory).string();
    job.folder = std::filesystem::absolute(folder).string();
  } else {
    job.directory = request.directory;
    job.run = folder.stem().string();
    job.folder = folder.filename().string();
  }
  const std::string there = job.directory + "/" + job.folder;
  const std::string origin = origin_of(request);
  if (!place.here()) require_own(request, place, there, origin);
  require_unfinished(place, job);
  write_files(request, folder);
  std::vector<std::string> settings;
  if (!place.here()) {
    PendingFile::write(folder / "origin", origin);
    const Finished made = place.run({"mkdir", "-p", "--", there + "/inputs"});
    if (made.code != 0) {
      fail(ExitCode::cannot_create, "{}: {}", request.host, last_line(made.err));
    }
    place.send(folder.string() + "/", there + "/", {"--exclude=/job.json", "--exclude=/log"});
    settings = send_inputs(request, place, job);
  }
  Variables variables{
      {"TUSK", as_path(request.program)},
      {"TUSK_RANKS", std::to_string(request.ranks)},
      {"TUSK_LAUNCHER", request.launcher},
      {"TUSK_SETUP", request.setup.empty() ? "" : as_path(job.folder + "/setup.sh")}};
  const Finished said = place.run(sbatch(request, job, settings), job.directory, variables);
  if (said.code != 0) fail(ExitCode::io_error, "sbatch refuses: {}", last_complaint(said.err));
  const std::string answer = last_line(said.out);  // "1234", or "1234;cluster"
  job.number = answer.substr(0, answer.find(';'));
  if (!is_job_number(job.number)) {
    fail(ExitCode::io_error, "sbatch gave no number of a job but '{}'", answer);
  }
  try {
    write_job(job);
  } catch (const Error& error) {
    fail(error.code(), "job {} is submitted, but tusk status will not find it: {}", job.number,
         error.what());
  }
  return job;
}

}  // namespace tusk::queue
