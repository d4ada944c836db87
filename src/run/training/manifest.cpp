// SPDX-License-Identifier: Apache-2.0
#include "run/training/manifest.hpp"

#include <fmt/chrono.h>

#include <cstring>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <optional>
#include <string_view>

#include "core/version.hpp"
#include "data/datasets/find_files.hpp"
#include "data/hdf5/checksum.hpp"
#include "data/hdf5/file.hpp"
#include "mpi/environment.hpp"
#include "run/training/job.hpp"

extern char** environ;  // NOLINT(readability-redundant-declaration)

namespace tusk::training {
namespace {

using Json = nlohmann::ordered_json;
namespace fs = std::filesystem;

std::string time_text(std::time_t time) {
  return fmt::format("{:%Y-%m-%dT%H:%M:%SZ}", fmt::gmtime(time));
}

Json data_file(const std::string& path) {
  const auto written = fs::last_write_time(path);
  const auto system = std::chrono::file_clock::to_sys(written);
  const hdf5::File file = hdf5::File::open(path);
  Json datasets = Json::object();
  for (const std::string& name : file.dataset_names()) {
    const hdf5::NumberDataset dataset = file.dataset(name);
    datasets[name] = {{"type", name_of(dataset.type())}, {"shape", dataset.extents()}};
  }
  return {
      {"path", fs::absolute(path).string()},
      {"bytes", fs::file_size(path)},
      {"modified", time_text(std::chrono::system_clock::to_time_t(
                       std::chrono::time_point_cast<std::chrono::system_clock::duration>(system)))},
      {"checksum", hdf5::stored_checksum(file).value_or("none")},
      {"datasets", std::move(datasets)}};
}

Json data_files(const FileList& list) {
  Json files = Json::array();
  for (const std::string& path : datasets::find_files(list)) files.push_back(data_file(path));
  return files.size() == 1 ? files.front() : files;
}

Json slurm_variables() {
  Json variables = Json::object();
  for (char** entry = environ; *entry != nullptr; ++entry) {
    const std::string_view text(*entry);
    const auto equals = text.find('=');
    if (text.starts_with("SLURM_") && equals != std::string_view::npos) {
      variables[std::string(text.substr(0, equals))] = std::string(text.substr(equals + 1));
    }
  }
  return variables;
}

}  // namespace

std::string manifest_json(const Experiment& experiment, const Job& job,
                          const std::vector<std::string>& hosts, const std::string& transport,
                          const std::string& consistency) {
  Json data = Json::object();
  data["train"] = data_files(experiment.data.train);
  if (experiment.data.validation) data["validation"] = data_files(*experiment.data.validation);
  if (experiment.data.test) data["test"] = data_files(*experiment.data.test);
  const Json manifest{{"name", experiment.name},
                      {"started", time_text(std::time(nullptr))},
                      {"tusk",
                       {{"version", version},
                        {"git_revision", git_revision},
                        {"compiler", compiler},
                        {"build_type", build_type}}},
                      {"mpi", mpi::library_version()},
                      {"hdf5", hdf5::hdf5_version()},
                      {"ranks", hosts.size()},
                      {"hosts", hosts},
                      {"workers", job.roles.workers},
                      {"shards", experiment.server.shards},
                      {"transport", transport},
                      {"consistency", consistency},
                      {"seed", experiment.seed},
                      {"parameters", job.model.parameter_count()},
                      {"data", std::move(data)},
                      {"slurm", slurm_variables()}};
  return manifest.dump(2) + "\n";
}

}  // namespace tusk::training
