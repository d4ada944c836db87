// SPDX-License-Identifier: Apache-2.0
#include "run/records/manifest.hpp"

#include <fmt/chrono.h>

#include <cstring>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <string_view>
#include <utility>

#include "core/version.hpp"
#include "data/hdf5/checksum.hpp"
#include "mpi/environment.hpp"
#include "tusk/error.hpp"

extern char** environ;  // NOLINT(readability-redundant-declaration)

namespace tusk::records {
namespace {

using Json = nlohmann::ordered_json;
namespace fs = std::filesystem;

std::string time_text(std::time_t time) {
  return fmt::format("{:%Y-%m-%dT%H:%M:%SZ}", fmt::gmtime(time));
}

// A file may have data sets that Tusk does not read, as texts beside the features.
Json data_set(const hdf5::File& file, const std::string& name) {
  try {
    const hdf5::NumberDataset dataset = file.dataset(name);
    return {{"type", name_of(dataset.type())}, {"shape", dataset.extents()}};
  } catch (const Error&) {
    return {{"type", "other"}};
  }
}

Json data_file(const hdf5::File& file) {
  const std::string& path = file.path();
  const auto written = fs::last_write_time(path);
  const auto system = std::chrono::file_clock::to_sys(written);
  Json datasets = Json::object();
  for (const std::string& name : file.dataset_names()) datasets[name] = data_set(file, name);
  return {
      {"path", fs::absolute(path).string()},
      {"bytes", fs::file_size(path)},
      {"modified", time_text(std::chrono::system_clock::to_time_t(
                       std::chrono::time_point_cast<std::chrono::system_clock::duration>(system)))},
      {"checksum", hdf5::stored_checksum(file).value_or("none")},
      {"datasets", std::move(datasets)}};
}

Json data_files(const std::vector<hdf5::File>& files) {
  if (files.size() == 1) return data_file(files.front());
  Json list = Json::array();
  for (const hdf5::File& file : files) list.push_back(data_file(file));
  return list;
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

std::string transport_text(const Manifest& manifest) {
  if (manifest.simulated) return "simulated";
  return manifest.center ? std::string(name_of(manifest.center->transport)) : "none";
}

// Exchanges within one process, among peers and in a simulation are atomic as whole vectors.
std::string consistency_text(const Manifest& manifest) {
  return std::string(
      name_of(manifest.center ? manifest.center->consistency : Consistency::snapshot));
}

}  // namespace

std::string manifest_json(const Manifest& manifest) {
  Json data = Json::object();
  for (const auto& [part, files] : manifest.data) data[part] = data_files(files);
  Json json{{"name", manifest.name},
            {"started", time_text(std::time(nullptr))},
            {"tusk",
             {{"version", version},
              {"git_revision", git_revision},
              {"compiler", compiler},
              {"build_type", build_type}}},
            {"mpi", mpi::library_version()},
            {"hdf5", hdf5::hdf5_version()},
            {"ranks", manifest.hosts.size()},
            {"hosts", manifest.hosts},
            {"workers", manifest.workers},
            {"shards", manifest.shards},
            {"transport", transport_text(manifest)},
            {"consistency", consistency_text(manifest)},
            {"seed", manifest.seed},
            {"parameters", manifest.parameters},
            {"data", std::move(data)},
            {"slurm", slurm_variables()}};
  if (manifest.tree) {
    json["tree"] = {{"nodes", manifest.tree->nodes}, {"relay", manifest.tree->relay}};
  }
  return json.dump(2) + "\n";
}

}  // namespace tusk::records
