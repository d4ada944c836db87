// SPDX-License-Identifier: Apache-2.0
#include "run/training/ensemble.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <optional>
#include <span>
#include <string>
#include <system_error>
#include <variant>
#include <vector>

#include "data/samples/memory_limit.hpp"
#include "experiment/read_experiment.hpp"
#include "experiment/write_experiment.hpp"
#include "mpi/collectively.hpp"
#include "mpi/communicator.hpp"
#include "run/checkpoint/same_experiment.hpp"
#include "run/checkpoint/signals.hpp"
#include "run/records/run_directory.hpp"
#include "run/training/core_count.hpp"
#include "run/training/data_files.hpp"
#include "run/training/members.hpp"
#include "run/training/same_everywhere.hpp"
#include "use/evaluation/ensemble_model.hpp"
#include "use/evaluation/shared_evaluation.hpp"

namespace tusk::training {
namespace {

// Adds the ranks' parts up; elapsed time is the longest.
void add_up(const mpi::Communicator& world, records::Summary& summary) {
  records::EpochRecord& scores = summary.last_epoch;
  scores.train = evaluation::sum_over_ranks(world, scores.train);
  const BatchScore validation =
      evaluation::sum_over_ranks(world, scores.validation.value_or(BatchScore{}));
  if (validation.samples > 0) scores.validation = validation;
  std::vector<double> times{summary.time.compute, summary.time.exchange, summary.time.wait,
                            summary.time.read};
  world.sum(std::span(times));
  summary.time = {times[0], times[1], times[2], times[3]};
  std::vector<std::uint64_t> counts{
      summary.ledger.batches_trained, summary.ledger.batches_committed,
      summary.ledger.samples_trained, summary.ledger.samples_committed};
  world.sum(std::span(counts));
  summary.ledger = {counts[0], counts[1], counts[2], counts[3]};
  std::vector<double> costs{summary.checkpoints.stall_s, summary.checkpoints.write_s};
  world.sum(std::span(costs));
  summary.checkpoints = {world.sum(summary.checkpoints.written),
                         world.sum(summary.checkpoints.bytes), costs[0], costs[1]};
  const auto longest = world.max(static_cast<std::uint64_t>(std::ceil(1e6 * summary.elapsed_s)));
  summary.elapsed_s = 1e-6 * static_cast<double>(longest);
  summary.epochs = static_cast<std::size_t>(world.max(std::uint64_t{summary.epochs}));
  scores.epoch = summary.epochs;
}

std::string manifest(const Experiment& experiment, std::size_t members) {
  nlohmann::ordered_json models = nlohmann::ordered_json::array();
  for (std::size_t member = 0; member < members; ++member) {
    models.push_back(records::member_folder(member) + "/model.h5");
  }
  return nlohmann::ordered_json{{"ensemble", experiment.name}, {"members", std::move(models)}}.dump(
             2) +
         "\n";
}

// Collective. "member 00: val_loss has not …; member 02: …", from the ranks that trained them.
std::string join_reasons(const mpi::Communicator& world, const std::vector<std::string>& reasons) {
  std::vector<std::string> all;
  for (std::size_t member = 0; member < reasons.size(); ++member) {
    const int trainer = static_cast<int>(member % static_cast<std::size_t>(world.size()));
    const std::string reason = world.broadcast(reasons[member], trainer);
    if (!reason.empty()) all.push_back(fmt::format("member {:02}: {}", member, reason));
  }
  return fmt::format("{}", fmt::join(all, "; "));
}

// Collective. Why members stopped to go on later, from the ranks that trained them.
std::string join_later(const mpi::Communicator& world, const std::string& one) {
  std::vector<std::string> all;
  for (const auto& bytes : world.all_gather(std::span<const char>(one))) {
    if (!bytes.empty()) all.emplace_back(bytes.begin(), bytes.end());
  }
  return fmt::format("{}", fmt::join(all, "; "));
}

// The experiment of the ensemble in the run directory, if that goes on. Error(cannot_create) if
// what is there does not, Error(bad_experiment) if it is another experiment's.
std::optional<Experiment> find_earlier(const Experiment& experiment, const RunOptions& options,
                                       const Extensions& extensions) {
  if (options.resume != "auto" && options.resume != "never") {
    fail(ExitCode::usage,
         "--resume {}: the members of an ensemble have their own checkpoints; the same command in "
         "the same run directory goes on",
         options.resume);
  }
  const std::filesystem::path file = options.run_directory / "experiment.toml";
  std::error_code error;
  if (options.overwrite || options.resume == "never" ||
      !records::RunDirectory::unfinished(options.run_directory)) {
    records::RunDirectory::check(options.run_directory, options.overwrite);
    return std::nullopt;
  }
  if (!std::filesystem::exists(file, error)) return experiment;  // killed before it was written
  Experiment earlier = experiment::read_experiment(experiment::read_text(file.string()),
                                                   file.string(), {}, extensions);
  checkpoint::check_same_experiment(earlier, experiment, {}, file.string());
  return earlier;
}

// Collective. Of the mean of the members.
BatchScore test_ensemble(const mpi::Communicator& world, const datasets::Dataset& test,
                         const std::filesystem::path& manifest, const Extensions& extensions) {
  const auto members = mpi::collectively(world, [&] {
    return evaluation::load_ensemble(manifest.string(), evaluation::Scoring{}, extensions);
  });
  return evaluation::evaluate_together(world, evaluation::views_of(members),
                                       evaluation::Combine::mean, test);
}

}  // namespace

records::Summary train_ensemble(const Experiment& given, const RunOptions& options,
                                const mpi::Communicator& world, const Extensions& extensions) {
  std::optional<Experiment> earlier;
  mpi::collectively(world, [&] { earlier = find_earlier(given, options, extensions); });
  Experiment experiment = given;
  if (earlier && !given.data.memory_limit) {
    experiment.data.memory_limit = earlier->data.memory_limit;
  }
  experiment.data.memory_limit = ByteCount{samples::memory_limit(experiment.data, world)};
  const std::size_t members = std::get<EnsembleOptions>(experiment.trainer.strategy).members;
  const auto files =
      mpi::collectively(world, [&] { return open_data_files(experiment, extensions); });
  require_same_data(files, world);
  Members mine(experiment, files, options, world, extensions);
  mpi::collectively(world, [&] { mine.prepare(); });
  const bool trains = static_cast<std::size_t>(world.rank()) < members;
  warn_of_few_cores(trains ? experiment.trainer.threads : 0, world);
  std::optional<records::RunDirectory> directory;
  mpi::collectively(world, [&] {
    if (world.rank() != 0) return;
    if (earlier) {
      directory.emplace(records::RunDirectory::reopen(options.run_directory));
    } else {
      directory.emplace(options.run_directory, options.overwrite);
    }
    directory->write("experiment.toml", experiment::to_toml(experiment));
  });
  records::Summary summary{.name = experiment.name,
                           .trainer = EnsembleOptions::name,
                           .workers = std::min(static_cast<std::size_t>(world.size()), members),
                           .threads = experiment.trainer.threads};
  std::vector<std::string> reasons(members);
  {
    const checkpoint::Signals signals(
        experiment.checkpoint);  // also between two members, and after the last
    mine.train(summary, reasons);
    summary.for_later = join_later(world, summary.for_later);
  }
  if (!summary.for_later.empty()) return summary;
  add_up(world, summary);
  summary.stop_reason = join_reasons(world, reasons);
  mpi::collectively(world, [&] {
    if (directory) directory->write("ensemble.json", manifest(experiment, members));
  });
  if (files.test) {
    summary.test =
        test_ensemble(world, *files.test, options.run_directory / "ensemble.json", extensions);
  }
  mpi::collectively(world, [&] {
    if (directory) directory->write("summary.json", summary.json());
  });
  return summary;
}

}  // namespace tusk::training
