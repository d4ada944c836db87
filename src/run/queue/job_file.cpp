// SPDX-License-Identifier: Apache-2.0
#include "run/queue/job_file.hpp"

#include <algorithm>
#include <fstream>
#include <iterator>
#include <nlohmann/json.hpp>

#include "core/pending_file.hpp"
#include "tusk/error.hpp"

namespace tusk::queue {
namespace {

std::filesystem::path file_of(const std::filesystem::path& run_directory) {
  return folder_of(run_directory) / "job.json";
}

}  // namespace

std::filesystem::path folder_of(const std::filesystem::path& run_directory) {
  std::filesystem::path path = run_directory;
  if (!path.has_filename()) path = path.parent_path();  // "runs/NAME/"
  return path += ".job";
}

void write_job(const Job& job) {
  const nlohmann::ordered_json text{{"job", job.number},
                                    {"host", job.host},
                                    {"directory", job.directory},
                                    {"run", job.run},
                                    {"folder", job.folder}};
  PendingFile::write(file_of(job.run_directory), text.dump(2) + "\n");
}

bool is_job_number(const std::string& text) {
  const auto is_digit = [](unsigned char c) { return std::isdigit(c) != 0; };
  return !text.empty() && std::ranges::all_of(text, is_digit);
}

bool has_job(const std::filesystem::path& run_directory) {
  return std::filesystem::exists(file_of(run_directory));
}

Job read_job(const std::filesystem::path& run_directory) {
  const std::filesystem::path path = file_of(run_directory);
  std::ifstream in(path, std::ios::binary);
  if (!in) {
    fail(ExitCode::no_input, "{}: tusk submit has submitted no job of this run ({} is not there)",
         run_directory.string(), path.string());
  }
  const std::string text{std::istreambuf_iterator<char>(in), {}};
  const auto json = nlohmann::json::parse(text, nullptr, false);
  Job job{.run_directory = run_directory};
  const auto take = [&](const char* key, std::string& place) {
    if (!json.is_object() || !json.contains(key) || !json[key].is_string()) {
      fail(ExitCode::bad_data, "{}: has no text '{}', which tusk submit writes", path.string(),
           key);
    }
    place = json[key].get<std::string>();
    require_printable(path.string(), place);
  };
  take("job", job.number);
  take("host", job.host);
  take("directory", job.directory);
  take("run", job.run);
  take("folder", job.folder);
  if (!is_job_number(job.number)) {
    fail(ExitCode::bad_data, "{}: '{}' is no number of a job", path.string(), job.number);
  }
  return job;
}

}  // namespace tusk::queue
