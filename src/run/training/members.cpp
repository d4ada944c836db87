// SPDX-License-Identifier: Apache-2.0
#include "run/training/members.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <variant>

#include "mpi/collectively.hpp"
#include "run/records/run_directory.hpp"
#include "run/training/train.hpp"
#include "tusk/error.hpp"
#include "tusk/random.hpp"

namespace tusk::training {
namespace {

// The member by itself: the same experiment as `single`, with a seed of its own.
Experiment member_experiment(const Experiment& experiment, std::size_t member) {
  Experiment alone = experiment;
  alone.name = fmt::format("{}-{:02}", experiment.name, member);
  alone.seed = member_seed(experiment.seed, member);
  alone.trainer.strategy = SingleOptions{};
  return alone;
}

void add_member(records::Summary& all, const records::Summary& member) {
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

}  // namespace

std::uint64_t member_seed(std::uint64_t ensemble_seed, std::size_t member) {
  constexpr unsigned beyond_json = 64 - 53;
  Random random(ensemble_seed, Stream::member, static_cast<std::uint32_t>(member));
  return random.next_u64() >> beyond_json;
}

datasets::Rows member_rows(const datasets::Split& split, const Member& member) {
  const std::uint64_t count = split.training_count();
  const datasets::Rows all = split.training_rows({0, count});
  if (member.data == EnsembleData::whole) return all;
  if (member.data == EnsembleData::shard) {
    if (count < member.members) {
      fail(ExitCode::bad_experiment,
           "trainer.members = {} with a shard each, but there are {} training rows: at least one "
           "row each is needed",
           member.members, count);
    }
    return all.part(datasets::block_of(count, member.index, member.members));
  }
  Random random(member.seed, Stream::bootstrap, static_cast<std::uint32_t>(member.index));
  std::vector<std::uint64_t> drawn(count);  // positions, then rows
  for (std::uint64_t& position : drawn) position = random.below(count);
  std::ranges::sort(drawn);
  for (std::uint64_t& entry : drawn) entry = all[entry];
  return drawn;
}

Members::Members(const Experiment& experiment, const DataFiles& files, const RunOptions& options,
                 const mpi::Communicator& world, const Extensions& extensions)
    : experiment_(experiment),
      ensemble_(std::get<EnsembleOptions>(experiment.trainer.strategy)),
      files_(files),
      options_(options),
      world_(world),
      extensions_(extensions),
      alone_(world.split(world.rank(), 0)),
      next_(static_cast<std::size_t>(world.rank())) {}

void Members::prepare() {
  if (next_ >= ensemble_.members) return;
  assembly_.emplace(assemble_member(member_experiment(experiment_, next_), files_,
                                    {.index = next_,
                                     .members = ensemble_.members,
                                     .data = ensemble_.data,
                                     .seed = experiment_.seed},
                                    alone_, extensions_));
}

void Members::train(records::Summary& summary, std::vector<std::string>& reasons) {
  try {
    while (assembly_) {
      const records::Summary one =
          train_assembly(*assembly_,
                         {.run_directory = options_.run_directory / records::member_folder(next_),
                          .overwrite = options_.overwrite,
                          .quiet = true,
                          .checkpoints = false},
                         alone_);
      add_member(summary, one);
      reasons[next_] = one.stop_reason;
      assembly_.reset();
      next_ += static_cast<std::size_t>(world_.size());
      prepare();
    }
  } catch (const mpi::CollectiveError& error) {  // of this rank's own communicator, not of world
    if (world_.size() == 1) throw;
    throw Error(error.code(), fmt::format("member {}: {}", next_, error.what()));
  }
}

}  // namespace tusk::training
