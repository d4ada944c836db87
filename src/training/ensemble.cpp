// SPDX-License-Identifier: Apache-2.0
#include "tusk/training/ensemble.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>
#include <optional>
#include <variant>

#include "tusk/core/error.hpp"
#include "tusk/core/random.hpp"
#include "tusk/experiment/write_experiment.hpp"
#include "tusk/mpi/collectively.hpp"
#include "tusk/mpi/communicator.hpp"
#include "tusk/training/ensemble_model.hpp"
#include "tusk/training/run_directory.hpp"
#include "tusk/training/shared_evaluation.hpp"

namespace tusk::training {
namespace {

std::string member_folder(std::size_t member) { return fmt::format("members/{:02}", member); }

// The member by itself: the same experiment as `single`, with a seed of its own.
Experiment member_experiment(const Experiment& experiment, std::size_t member) {
  Experiment alone = experiment;
  alone.name = fmt::format("{}-{:02}", experiment.name, member);
  alone.seed = experiment.seed + member;
  alone.trainer.strategy = SingleOptions{};
  return alone;
}

// Adds the ranks' parts up; elapsed time is the longest.
void add_up(const mpi::Communicator& world, Summary& summary) {
  EpochRecord& scores = summary.last_epoch;
  scores.train = sum_over_ranks(world, scores.train);
  const nn::BatchScore validation =
      sum_over_ranks(world, scores.validation.value_or(nn::BatchScore{}));
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
  const auto longest = world.max(static_cast<std::uint64_t>(std::ceil(1e6 * summary.elapsed_s)));
  summary.elapsed_s = 1e-6 * static_cast<double>(longest);
  summary.epochs = static_cast<std::size_t>(world.max(std::uint64_t{summary.epochs}));
  scores.epoch = summary.epochs;
}

void add_member(Summary& all, const Summary& member) {
  all.metric_names = member.metric_names;
  all.epochs = std::max(all.epochs, member.epochs);
  all.elapsed_s += member.elapsed_s;  // one after the other
  all.time = all.time + member.time;
  all.ledger = all.ledger + member.ledger;
  all.last_epoch.epoch = all.epochs;
  all.last_epoch.train += member.last_epoch.train;
  if (!member.last_epoch.validation) return;
  if (!all.last_epoch.validation) all.last_epoch.validation.emplace();
  *all.last_epoch.validation += *member.last_epoch.validation;
}

std::string manifest(const Experiment& experiment, std::size_t members) {
  nlohmann::ordered_json models = nlohmann::ordered_json::array();
  for (std::size_t member = 0; member < members; ++member) {
    models.push_back(member_folder(member) + "/model.h5");
  }
  return nlohmann::ordered_json{{"ensemble", experiment.name}, {"members", std::move(models)}}.dump(
             2) +
         "\n";
}

}  // namespace

std::vector<std::uint64_t> member_rows(const data::Split& split, const Member& member) {
  const std::uint64_t count = split.training_count();
  const std::vector<std::uint64_t> all = split.training_rows({0, count});
  if (member.data == EnsembleData::whole) return all;
  if (member.data == EnsembleData::shard) {
    const data::Block block = data::block_of(count, member.index, member.members);
    return split.training_rows(block);
  }
  Random random(member.seed, Stream::bootstrap, static_cast<std::uint32_t>(member.index));
  std::vector<std::uint64_t> drawn(count);
  for (std::uint64_t& row : drawn) row = all[random.below(count)];
  std::ranges::sort(drawn);
  return drawn;
}

Summary train_ensemble(const Experiment& experiment, const TrainRequest& request,
                       const mpi::Communicator& world) {
  const auto& options = std::get<EnsembleOptions>(experiment.trainer.strategy);
  std::optional<RunDirectory> directory;
  mpi::collectively(world, [&] {
    if (world.rank() != 0) return;
    directory.emplace(request.run_directory, request.overwrite);
    directory->write("experiment.toml", experiment::to_toml(experiment));
  });
  const auto ranks = static_cast<std::size_t>(world.size());
  Summary summary{.name = experiment.name,
                  .trainer = EnsembleOptions::name,
                  .workers = std::min(ranks, options.members)};
  const mpi::Communicator alone = world.split(world.rank(), 0);
  auto member = static_cast<std::size_t>(world.rank());
  try {
    for (; member < options.members; member += ranks) {
      add_member(summary, train(member_experiment(experiment, member),
                                {.run_directory = request.run_directory / member_folder(member),
                                 .overwrite = request.overwrite,
                                 .quiet = true,
                                 .member = Member{.index = member,
                                                  .members = options.members,
                                                  .data = options.data,
                                                  .seed = experiment.seed}},
                                alone));
    }
  } catch (const mpi::CollectiveError& error) {  // of this rank's own communicator, not of world
    if (world.size() == 1) throw;
    throw Error(error.code(), fmt::format("member {}: {}", member, error.what()));
  }
  add_up(world, summary);
  mpi::collectively(world, [&] {
    if (directory) directory->write("ensemble.json", manifest(experiment, options.members));
  });
  if (experiment.data.test) {
    std::vector<TrainedModel> members;
    std::optional<data::Dataset> dataset;
    mpi::collectively(world, [&] {
      members = load_ensemble((request.run_directory / "ensemble.json").string(), Scoring{});
      dataset = data::Dataset::open(*experiment.data.test, experiment.data.features,
                                    experiment.data.label);
    });
    summary.test = evaluate_together(world, members, Combine::mean, *dataset);
  }
  mpi::collectively(world, [&] {
    if (directory) directory->write("summary.json", summary.json());
  });
  return summary;
}

}  // namespace tusk::training
