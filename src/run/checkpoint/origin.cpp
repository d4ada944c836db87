// SPDX-License-Identifier: Apache-2.0
#include "run/checkpoint/origin.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>
#include <variant>

#include "core/log.hpp"
#include "experiment/read_experiment.hpp"
#include "mpi/collectively.hpp"
#include "mpi/communicator.hpp"
#include "run/checkpoint/folder.hpp"
#include "run/checkpoint/same_experiment.hpp"
#include "run/checkpoint/state_file.hpp"
#include "run/records/run_directory.hpp"
#include "tusk/error.hpp"

namespace tusk::checkpoint {
namespace {

namespace fs = std::filesystem;

bool given(const Wish& wish) { return wish.resume != "auto" && wish.resume != "never"; }

// The checkpoints that --resume PATH names: one, or those of a run directory.
std::vector<fs::path> named_checkpoints(const fs::path& named) {
  std::error_code error;
  const fs::path path = fs::canonical(named, error);  // `latest` is a link
  if (error) fail(ExitCode::no_input, "--resume {}: {}", named.string(), error.message());
  if (fs::exists(path / state_of_rank(0), error)) return {path};
  if (path.filename() == "model.h5" && fs::exists(path.parent_path() / state_of_rank(0), error)) {
    return {path.parent_path()};
  }
  const std::vector<fs::path> found = Folder(path).list();
  if (found.empty()) {
    fail(ExitCode::no_input, "--resume {}: neither a checkpoint nor a run directory with one",
         named.string());
  }
  return found;
}

bool holds_anything(const fs::path& path) {
  std::error_code error;
  return fs::exists(path, error) && !(fs::is_directory(path, error) && fs::is_empty(path, error));
}

// Rank 0: the checkpoints to try, the newest first; none: the run begins. Moves an unfinished run
// without any out of the way, if it is to.
std::vector<fs::path> candidates(const Wish& wish, bool move) {
  const fs::path& directory = wish.run_directory;
  const bool there = holds_anything(directory) && !wish.overwrite;
  if (given(wish)) {
    std::vector<fs::path> named = named_checkpoints(wish.resume);
    std::error_code error;
    const bool within =
        there && fs::equivalent(named.front().parent_path().parent_path(), directory, error);
    if (there && !(within && records::RunDirectory::unfinished(directory))) {
      records::RunDirectory::check(directory, false);
    }
    return named;
  }
  if (!there) return {};
  if (wish.resume == "never" || !records::RunDirectory::unfinished(directory)) {
    records::RunDirectory::check(directory, false);
  }
  std::vector<fs::path> found = Folder(directory).list();
  if (found.empty() && move) {
    const fs::path aside = records::RunDirectory::move_aside(directory);
    info("{} holds an unfinished run without a checkpoint: it is now {}", directory.string(),
         aside.string());
  }
  return found;
}

std::vector<fs::path> broadcast(const mpi::Communicator& world,
                                const std::vector<fs::path>& paths) {
  std::string text;
  for (const fs::path& path : paths) text += path.string() + '\n';
  text = world.broadcast(std::move(text), 0);
  std::vector<fs::path> all;
  for (std::size_t begin = 0; begin < text.size();) {
    const std::size_t end = text.find('\n', begin);
    all.emplace_back(text.substr(begin, end - begin));
    begin = end + 1;
  }
  return all;
}

Origin origin_of(const fs::path& checkpoint) {
  Origin origin;
  origin.checkpoint = checkpoint;
  origin.logs = checkpoint.parent_path().parent_path();
  return origin;
}

// This rank's part, checked, with its first words read.
Origin read_part(const fs::path& checkpoint, int rank) {
  Origin origin = origin_of(checkpoint);
  const fs::path file = checkpoint / state_of_rank(rank);
  std::error_code error;
  if (rank > 0 && !fs::exists(file, error)) return origin;  // perhaps it had none
  origin.bytes = read_state_file(file);
  origin.state.emplace(origin.bytes, file.string());
  if (rank == 0) {
    (*origin.state)("facts", origin.facts);
  } else {
    (*origin.state)("cut", origin.facts.cut);
  }
  return origin;
}

// Collective: rank 0's numbers, for all ranks.
void share_facts(Facts& facts, const mpi::Communicator& world) {
  std::vector<std::uint64_t> numbers{facts.cut,
                                     facts.step,
                                     facts.epochs,
                                     facts.ranks,
                                     facts.workers,
                                     facts.simulated ? 1U : 0U,
                                     facts.finished.size(),
                                     facts.parts.size(),
                                     facts.steps.size(),
                                     facts.nodes.size(),
                                     facts.node_files};
  world.broadcast(std::as_writable_bytes(std::span(numbers)), 0);
  facts.cut = numbers[0];
  facts.step = numbers[1];
  facts.epochs = numbers[2];
  facts.ranks = numbers[3];
  facts.workers = numbers[4];
  facts.simulated = numbers[5] != 0;
  facts.finished.resize(numbers[6]);
  world.broadcast(std::as_writable_bytes(std::span(facts.finished)), 0);
  facts.parts.resize(static_cast<std::size_t>(numbers[7]));
  world.broadcast(std::as_writable_bytes(std::span(facts.parts)), 0);
  facts.steps.resize(static_cast<std::size_t>(numbers[8]));
  world.broadcast(std::as_writable_bytes(std::span(facts.steps)), 0);
  facts.node_files = numbers[10];
  facts.nodes.resize(static_cast<std::size_t>(numbers[9]));
  world.broadcast(std::as_writable_bytes(std::span(facts.nodes)), 0);
}

// Collective: how rows had been dealt, from rank 0.
void share_deals(Facts& facts, const mpi::Communicator& world) {
  const auto keep = [](State& state, std::vector<Deal>& deals) {
    state.list("deals", deals, [](State& part, Deal& deal) { part("deal", deal); });
  };
  const auto bytes = State::written([&](State& state) { keep(state, facts.deals); });
  const auto all = world.all_gather(world.rank() == 0 ? std::span<const std::byte>(bytes)
                                                      : std::span<const std::byte>());
  State state(all.front(), "rank 0's deals");
  keep(state, facts.deals);
}

// Whether the number of ranks has changed so that there are other workers. With one process that
// trains, it does not matter how many others wait. Or a tree has other nodes.
bool regroups(const Facts& facts, const Wish& wish, const Experiment& experiment,
              const mpi::Communicator& world) {
  return wish.group && !facts.simulated &&
         (facts.ranks != static_cast<std::uint64_t>(world.size()) || facts.nodes != wish.nodes) &&
         topology(experiment.trainer.strategy) != Topology::sequential;
}

// Collective: what all ranks can read of this checkpoint; nothing, with rank 0's reason, if one of
// them cannot.
std::unique_ptr<Origin> try_checkpoint(const fs::path& checkpoint, const Wish& wish,
                                       const Experiment& experiment,
                                       const mpi::Communicator& world) {
  std::unique_ptr<Origin> origin;
  const int rank = world.rank();
  try {
    mpi::collectively(world, [&] {  // which files there are, rank 0's says
      if (rank == 0) origin = std::make_unique<Origin>(read_part(checkpoint, 0));
    });
    Facts first;
    if (rank == 0) first = origin->facts;
    share_facts(first, world);
    if (regroups(first, wish, experiment, world)) {
      if (rank != 0) {
        origin = std::make_unique<Origin>(origin_of(checkpoint));
        origin->facts = std::move(first);
      }
      origin->regroup = read_regroup(checkpoint, origin->facts, experiment, wish, world);
      return origin;
    }
    mpi::collectively(world, [&] {
      if (rank != 0) origin = std::make_unique<Origin>(read_part(checkpoint, rank));
      const auto index = static_cast<std::size_t>(rank);
      const bool wanted = index < first.parts.size() && first.parts[index] != 0;
      if (wanted != !origin->bytes.empty() || (wanted && origin->facts.cut != first.cut)) {
        fail(ExitCode::bad_data, "{}: {} {}", checkpoint.string(), state_of_rank(rank).string(),
             wanted && origin->bytes.empty() ? "is missing" : "belongs to another checkpoint");
      }
    });
    if (rank != 0) origin->facts = std::move(first);
    return origin;
  } catch (const mpi::CollectiveError& error) {
    warning("{}; the checkpoint before it is taken", error.what());
    return nullptr;
  }
}

// Of a tree that goes on with other nodes, rank 0's next part: what all its nodes had in common.
// What its own had beside that, and the relays, is left out.
void take_common(Origin& origin) {
  CenterCopy common;
  (*origin.state)("common", common);
  origin.center = std::move(common);
  origin.state->skip("root");
}

// Rank 0's questions about what it has read.
void check(Origin& origin, const Wish& wish, const Experiment& experiment,
           const mpi::Communicator& world, const Extensions& extensions) {
  const Facts& facts = origin.facts;
  const std::string where = origin.checkpoint.string();
  if (facts.simulated != wish.virtual_workers.has_value()) {
    fail(ExitCode::bad_experiment, "{} is of a {}, which 'tusk {}' goes on with", where,
         facts.simulated ? "simulation" : "training", facts.simulated ? "simulate" : "train");
  }
  const auto ranks = static_cast<std::uint64_t>(world.size());
  const bool user_rule = std::holds_alternative<UserStrategy>(experiment.trainer.strategy);
  const Topology topology = tusk::topology(experiment.trainer.strategy);
  if (origin.regroup && user_rule && topology == Topology::peers) {
    fail(
        ExitCode::bad_experiment,
        "{} is of {} ranks, but the job has {}: what a new peer begins with, Tusk does not know of "
        "trainer.name = \"{}\"; go on with {} ranks",
        where, facts.ranks, ranks, name_of_rule(experiment.trainer.strategy), facts.ranks);
  }
  if (facts.ranks != ranks && !origin.regroup &&
      !(wish.group && topology == Topology::sequential)) {
    fail(ExitCode::bad_experiment,
         "{} is of {} ranks, but the job has {}: it goes on with as many as it had", where,
         facts.ranks, ranks);
  }
  if (wish.virtual_workers && facts.workers != *wish.virtual_workers) {
    fail(ExitCode::bad_experiment, "{} is of {} virtual workers, not {}", where, facts.workers,
         *wish.virtual_workers);
  }
  if (facts.like != wish.like) {
    const auto name = [](const std::string& like) {
      return like.empty() ? std::string("simulate.step_time") : "--like " + like;
    };
    fail(ExitCode::bad_experiment, "{} is of a simulation with the times of {}, not of {}", where,
         name(facts.like), name(wish.like));
  }
  const Experiment before = experiment::read_experiment(facts.experiment, where, {}, extensions);
  check_same_experiment(before, experiment, facts, where);
  origin.memory_limit = before.data.memory_limit;
  (*origin.state)("center", origin.center);
  if (origin.regroup && !facts.nodes.empty()) take_common(origin);
  if (origin.regroup) regroup(origin, before, *wish.group);
}

// Rank 0: newer checkpoints are of steps that will be done again, or damaged.
void set_newer_aside(const Wish& wish, const Origin& origin) {
  std::error_code error;
  if (!fs::equivalent(origin.logs, wish.run_directory, error)) return;
  for (const fs::path& path : Folder(wish.run_directory).list()) {
    if (fs::equivalent(path, origin.checkpoint, error)) return;
    Folder::set_aside(path, given(wish) ? "abandoned" : "damaged");
  }
}

}  // namespace

std::unique_ptr<Origin> find_origin(const Wish& wish, const Experiment& experiment,
                                    const mpi::Communicator& world, const Extensions& extensions) {
  const bool first = world.rank() == 0;
  std::vector<fs::path> paths;
  mpi::collectively(world, [&] {
    if (first) paths = candidates(wish, /*move=*/true);
  });
  paths = broadcast(world, paths);
  if (paths.empty()) return nullptr;
  for (const fs::path& path : paths) {
    std::unique_ptr<Origin> origin = try_checkpoint(path, wish, experiment, world);
    if (!origin) continue;
    std::uint64_t limit = 0;
    mpi::collectively(world, [&] {
      if (!first) return;
      check(*origin, wish, experiment, world, extensions);
      if (origin->memory_limit) limit = origin->memory_limit->bytes;
      set_newer_aside(wish, *origin);
    });
    share_facts(origin->facts, world);
    share_deals(origin->facts, world);
    limit = world.max(limit);
    if (limit > 0) origin->memory_limit = ByteCount{limit};
    return origin;
  }
  throw mpi::CollectiveError(
      ExitCode::bad_data,
      fmt::format("{}: no checkpoint can be read; move the run directory away to begin again",
                  paths.front().parent_path().string()));
}

void check_files(const Origin& origin, const std::vector<DataFile>& files) {
  const std::vector<DataFile>& before = origin.facts.files;
  if (before.size() != files.size()) {
    fail(ExitCode::bad_data, "{} is of a run with {} data files, but there are {}",
         origin.checkpoint.string(), before.size(), files.size());
  }
  for (std::size_t i = 0; i < files.size(); ++i) {
    if (before[i].part != files[i].part) {
      fail(ExitCode::bad_data, "{}: {} is for {}, where the run had {} for {}",
           origin.checkpoint.string(), files[i].path, files[i].part, before[i].path,
           before[i].part);
    }
    require_same_file(before[i], files[i], origin.checkpoint.string());
  }
}

void check_directory(const Wish& wish) { candidates(wish, /*move=*/false); }

}  // namespace tusk::checkpoint
