// SPDX-License-Identifier: Apache-2.0
#include "run/training/members.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <utility>
#include <variant>

#include "experiment/read_experiment.hpp"
#include "experiment/write_experiment.hpp"
#include "mpi/collectively.hpp"
#include "run/checkpoint/origin.hpp"
#include "run/checkpoint/same_experiment.hpp"
#include "run/records/run_directory.hpp"
#include "run/training/member_result.hpp"
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
  all.weight_names = member.weight_names;
  all.epochs = std::max(all.epochs, member.epochs);
  all.elapsed_s += member.elapsed_s;  // one after the other
  all.time = all.time + member.time;
  all.ledger = all.ledger + member.ledger;
  all.checkpoints.written += member.checkpoints.written;
  all.checkpoints.bytes += member.checkpoints.bytes;
  all.checkpoints.stall_s += member.checkpoints.stall_s;
  all.checkpoints.write_s += member.checkpoints.write_s;
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

std::filesystem::path Members::directory() const {
  return options_.run_directory / records::member_folder(next_);
}

RunOptions Members::run_options() const {
  RunOptions options{.run_directory = directory(),
                     .overwrite = options_.overwrite,
                     .quiet = true,
                     .stop_by = options_.stop_by};
  std::error_code error;
  // Killed between its summary and its result, or written by a version that had no results.
  if (std::filesystem::exists(directory() / "summary.json", error)) options.overwrite = true;
  return options;
}

// Whether the next member was trained before.
bool Members::take_result() {
  if (options_.overwrite || !has_result(directory())) return false;
  MemberResult result = read_result(directory());
  const std::string where = (directory() / "result.state").string();
  const Experiment before = experiment::read_experiment(result.experiment, where, {}, extensions_);
  checkpoint::Facts facts;
  facts.finished = {1};
  facts.files = std::move(result.files);
  checkpoint::check_same_experiment(before, member_experiment(experiment_, next_), facts, where);
  checkpoint::check_files({.checkpoint = where, .facts = std::move(facts)}, identify(files_));
  done_.push_back(std::move(result.summary));
  return true;
}

void Members::prepare() {
  while (next_ < ensemble_.members && take_result()) {
    next_ += static_cast<std::size_t>(world_.size());
  }
  if (next_ >= ensemble_.members) return;
  const Experiment experiment = member_experiment(experiment_, next_);
  origin_ =
      checkpoint::find_origin({.run_directory = directory(), .overwrite = run_options().overwrite},
                              experiment, alone_, extensions_);
  assembly_.emplace(assemble_member(experiment, files_,
                                    {.index = next_,
                                     .members = ensemble_.members,
                                     .data = ensemble_.data,
                                     .seed = experiment_.seed},
                                    alone_, extensions_));
}

void Members::train(records::Summary& summary, std::vector<std::string>& reasons) {
  try {
    while (assembly_) {
      records::Summary one = train_assembly(*assembly_, run_options(), alone_, std::move(origin_));
      if (!one.for_later.empty()) {
        summary.for_later = fmt::format("member {:02} {}", next_, one.for_later);
        return;
      }
      write_result(directory(), {.experiment = experiment::to_toml(assembly_->experiment),
                                 .files = identify(files_),
                                 .summary = one});
      done_.push_back(std::move(one));
      assembly_.reset();
      next_ += static_cast<std::size_t>(world_.size());
      prepare();
    }
  } catch (const mpi::CollectiveError& error) {  // of this rank's own communicator, not of world
    if (world_.size() == 1) throw;
    throw Error(error.code(), fmt::format("member {}: {}", next_, error.what()));
  }
  std::size_t member = static_cast<std::size_t>(world_.rank());
  for (const records::Summary& one : done_) {
    add_member(summary, one);
    reasons[member] = one.stop_reason;
    member += static_cast<std::size_t>(world_.size());
  }
}

}  // namespace tusk::training
