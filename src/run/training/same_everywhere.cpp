// SPDX-License-Identifier: Apache-2.0
#include "run/training/same_everywhere.hpp"

#include <fmt/format.h>

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "core/version.hpp"
#include "data/hdf5/checksum.hpp"
#include "experiment/write_experiment.hpp"
#include "mpi/collectively.hpp"
#include "mpi/communicator.hpp"
#include "mpi/environment.hpp"
#include "run/checkpoint/same_experiment.hpp"
#include "tusk/error.hpp"

namespace tusk::training {
namespace {

// Collective. `explain`: what differs, from rank 0's text.
void require_same(const std::string& mine, ExitCode code, const mpi::Communicator& world,
                  const std::function<std::string(const std::string& first)>& explain) {
  const std::string first = world.broadcast(mine, 0);
  const std::uint64_t others = world.sum(std::uint64_t{mine == first ? 0U : 1U});
  mpi::collectively(world, [&] {
    if (mine == first) return;
    fail(code, "rank {} on {}{} {}", world.rank(), mpi::host_name(),
         others > 1 ? fmt::format(" (and {} more)", others - 1) : "", explain(first));
  });
}

std::string without_paths_and_threads(Experiment experiment) {
  experiment.data.train = "…";
  if (experiment.data.validation) experiment.data.validation = "…";
  if (experiment.data.test) experiment.data.test = "…";
  std::error_code error;
  if (experiment.model.file && std::filesystem::is_regular_file(*experiment.model.file, error)) {
    experiment.model.file =
        fmt::format("bytes with {:08x}", hdf5::sampled_checksum(*experiment.model.file));
  }
  experiment.trainer.threads = 1;
  return experiment::to_toml(experiment);
}

// A line a file.
std::string identity(const DataFiles& files) {
  std::string text;
  const auto add = [&](const char* part, const datasets::Dataset& dataset) {
    for (const hdf5::File& file : dataset.files()) {
      text += fmt::format("{} file with {} bytes, checksum {}, sampled {:08x}\n", part,
                          std::filesystem::file_size(file.path()),
                          hdf5::stored_checksum(file).value_or("none"),
                          hdf5::sampled_checksum(file.path()));
    }
  };
  add("training", files.train);
  if (files.validation) add("validation", *files.validation);
  if (files.test) add("test", *files.test);
  return text;
}

std::vector<std::string> lines_of(const std::string& text) {
  std::vector<std::string> lines;
  for (std::size_t begin = 0; begin < text.size();) {
    const std::size_t end = text.find('\n', begin);
    lines.push_back(text.substr(begin, end - begin));
    begin = end + 1;
  }
  return lines;
}

// The paths in the order of identity()'s lines.
std::vector<std::string> paths_of(const DataFiles& files) {
  std::vector<std::string> paths;
  const auto add = [&](const std::optional<datasets::Dataset>& dataset) {
    if (!dataset) return;
    for (const hdf5::File& file : dataset->files()) paths.push_back(file.path());
  };
  add(files.train);
  add(files.validation);
  add(files.test);
  return paths;
}

}  // namespace

void require_same_experiment(const Experiment& experiment,
                             const std::filesystem::path& run_directory,
                             const mpi::Communicator& world) {
  if (world.size() == 1) return;
  const std::string program = fmt::format("{} ({})", version, git_revision);
  require_same(program, ExitCode::internal, world, [&](const std::string& first) {
    return fmt::format("runs tusk {}, but rank 0 runs {}; every host needs the same program",
                       program, first);
  });
  const std::string options =
      mpi::collectively(world, [&] { return without_paths_and_threads(experiment); });
  require_same(options, ExitCode::bad_experiment, world, [&](const std::string& first) {
    return fmt::format("has another experiment than rank 0 (\"was\" is rank 0's): {}",
                       checkpoint::differences(first, options));
  });
  std::error_code ignored;
  const std::string directory = std::filesystem::absolute(run_directory, ignored).string();
  require_same(directory, ExitCode::bad_experiment, world, [&](const std::string& first) {
    return fmt::format(
        "has the run directory {}, but rank 0 has {}; give --run-dir with its "
        "whole path",
        directory, first);
  });
}

void require_same_data(const DataFiles& files, const mpi::Communicator& world) {
  if (world.size() == 1) return;
  std::string mine;
  mpi::collectively(world, [&] { mine = identity(files); });
  require_same(mine, ExitCode::bad_data, world, [&](const std::string& first) {
    const std::vector<std::string> theirs = lines_of(first);
    const std::vector<std::string> ours = lines_of(mine);
    const std::vector<std::string> paths = paths_of(files);
    if (ours.size() != theirs.size()) {
      return fmt::format("has {} data files, but rank 0 has {}", ours.size(), theirs.size());
    }
    std::size_t i = 0;
    while (ours[i] == theirs[i]) ++i;
    return fmt::format("has other data than rank 0: {} is a {}, but rank 0's is a {}", paths[i],
                       ours[i], theirs[i]);
  });
}

}  // namespace tusk::training
