// SPDX-License-Identifier: Apache-2.0
#include "run/checkpoint/regroup.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "core/log.hpp"
#include "mpi/collectively.hpp"
#include "mpi/communicator.hpp"
#include "run/checkpoint/asked_checkpoints.hpp"
#include "run/checkpoint/folder.hpp"
#include "run/checkpoint/origin.hpp"
#include "run/checkpoint/state_file.hpp"
#include "tusk/error.hpp"

namespace tusk::checkpoint {
namespace {

namespace fs = std::filesystem;

// Those that the workers were: the ranks of the servers came first, if there were any.
std::vector<std::size_t> ranks_before(const Facts& facts) {
  if (!facts.nodes.empty()) return PartRanks::of_tree(facts.nodes).of_workers;
  return PartRanks::behind_servers(facts.ranks - facts.workers, facts.workers).of_workers;
}

struct WorkerFile {
  std::vector<std::byte> bytes;
  std::optional<State> state;  // at "worker"
};

WorkerFile open_worker(const fs::path& checkpoint, std::size_t rank, const Facts& facts) {
  const fs::path path = checkpoint / state_of_rank(static_cast<int>(rank));
  WorkerFile file{.bytes = read_state_file(path), .state = std::nullopt};
  file.state.emplace(file.bytes, path.string());
  State& state = *file.state;
  std::uint64_t cut = 0;
  if (rank == 0) {
    Facts of_file;
    state("facts", of_file);
    cut = of_file.cut;
    state.skip("center");
    state.skip("coordinator");
  } else {
    state("cut", cut);
  }
  if (cut != facts.cut) {
    fail(ExitCode::bad_data, "{} belongs to another checkpoint", path.string());
  }
  return file;
}

using Entry = std::pair<std::uint64_t, FormerWorker>;  // with its index

// Collective: every one's on all ranks.
std::vector<FormerWorker> share(const mpi::Communicator& world, std::vector<Entry> mine,
                                std::size_t workers) {
  const auto keep = [](State& state, std::vector<Entry>& entries) {
    state.list("workers", entries, [](State& part, Entry& entry) {
      part("index", entry.first);
      part("worker", entry.second);
    });
  };
  const auto sent = State::written([&](State& state) { keep(state, mine); });
  std::vector<FormerWorker> all(workers);
  for (const auto& bytes : world.all_gather(std::span<const std::byte>(sent))) {
    std::vector<Entry> theirs;
    State state(bytes, "another rank's workers");
    keep(state, theirs);
    for (auto& [index, worker] : theirs) all.at(index) = std::move(worker);
  }
  return all;
}

// How far each shard had come.
Deal shards_of(const Regroup& regroup, const Experiment& before) {
  Deal deal{.parts = regroup.workers_before};
  for (std::uint64_t w = 0; w < deal.parts; ++w) {
    const FormerWorker& worker = regroup.formers[w];
    const std::uint64_t epoch = worker.finished ? before.trainer.epochs : worker.epoch;
    deal.begun.push_back(epoch);
    if (!worker.finished && epoch > 0) deal.open.push_back({epoch, w, worker.taken});
  }
  return deal;
}

// The same of partitions, of which so many had been claimed, and some given back.
Deal partitions_of(const Regroup& regroup, const Experiment& before, const CenterCopy& center) {
  const auto claims = static_cast<std::uint64_t>(center.next_partition);
  const std::uint64_t parts = before.trainer.parallelism_factor * regroup.workers_before;
  Deal deal{.parts = parts};
  for (std::uint64_t part = 0; part < parts; ++part) {
    const std::uint64_t epochs = claims > part ? (claims - part - 1) / parts + 1 : 0;
    deal.begun.push_back(std::min<std::uint64_t>(epochs, before.trainer.epochs));
  }
  for (const FormerWorker& worker : regroup.formers) {
    if (worker.finished || !worker.claim) continue;
    deal.open.push_back({*worker.claim / parts + 1, *worker.claim % parts, worker.taken});
  }
  for (const std::uint64_t claim : center.free_partitions) {
    deal.open.push_back({claim / parts + 1, claim % parts, 0});
  }
  return deal;
}

// Whether nothing is left any more of the epochs that were dealt unusually.
bool is_past(const Deal& deal, const std::vector<Deal>& earlier) {
  std::uint64_t last = 0;
  for (const Deal& one : earlier) last = std::max(last, one.last());
  return std::ranges::min(deal.begun) > last &&
         std::ranges::all_of(deal.open, [&](const Deal::Pass& pass) { return pass.epoch > last; });
}

void tell(const Regroup& regroup, std::size_t workers) {
  info(
      "going on with {} worker{} where {} were: what is left of the epochs that had begun is dealt "
      "anew",
      workers, workers == 1 ? "" : "s", regroup.workers_before);
  if (regroup.of_tree) {
    warning(
        "in a tree with other nodes all begin with what the nodes had in common: the memory of "
        "optimizers and of the rules, also of the relays', and what compression had left over are "
        "gone");
    return;
  }
  std::uint64_t samples = 0;
  for (std::size_t w = workers; w < regroup.workers_before; ++w) {
    const records::Ledger& ledger = regroup.formers[w].report.ledger;
    samples += ledger.samples_trained - ledger.samples_committed;
  }
  if (workers >= regroup.workers_before) return;
  warning(
      "{} gone, and with {} beside the center: weights, the optimizer's memory, what compression "
      "had left over{}",
      workers + 1 == regroup.workers_before
          ? fmt::format("worker {} is", workers)
          : fmt::format("workers {} to {} are", workers, regroup.workers_before - 1),
      workers + 1 == regroup.workers_before ? "it what it had" : "them what they had",
      samples == 0 ? ""
                   : fmt::format("; {} samples, trained since their last exchanges, are not in it",
                                 samples));
}

}  // namespace

std::uint64_t Regroup::mean_updates() const {
  std::uint64_t sum = 0;
  std::uint64_t count = 0;
  for (const FormerWorker& worker : formers) {
    if (worker.finished) continue;
    sum += worker.updates;
    ++count;
  }
  return count == 0 ? 0 : sum / count;
}

double Regroup::latest_s() const {
  double latest = 0.0;
  for (const FormerWorker& worker : formers) latest = std::max(latest, worker.time_s);
  return latest;
}

std::unique_ptr<Regroup> read_regroup(const fs::path& checkpoint, const Facts& facts,
                                      const Experiment& experiment, const Wish& wish,
                                      const mpi::Communicator& world) {
  const Group& group = *wish.group;
  auto found = std::make_unique<Regroup>();
  Regroup& regroup = *found;
  regroup.workers_before = facts.workers;
  const bool peers = topology(experiment.trainer.strategy) == Topology::peers;
  const bool compressed = experiment.server.compression.kind != CompressionKind::none;
  const auto finished = [&](std::size_t worker) { return facts.finished.at(worker) != 0; };
  std::vector<Entry> mine;
  mpi::collectively(world, [&] {
    const std::vector<std::size_t> before = ranks_before(facts);
    regroup.of_tree = !facts.nodes.empty() || !wish.nodes.empty();
    // What compression has left over is kept by a worker that sends messages alone. Of another
    // node's center a worker has pulled nothing.
    regroup.can_continue =
        !regroup.of_tree && (!compressed || (facts.ranks == 1) == (world.size() == 1));
    regroup.itself = regroup.can_continue && group.worker && *group.worker < facts.workers &&
                     !finished(*group.worker);
    if (group.worker && (regroup.itself || peers)) {
      WorkerFile file =
          open_worker(checkpoint, before.at(regroup.itself ? *group.worker : 0), facts);
      regroup.bytes = std::move(file.bytes);
      regroup.state = std::move(file.state);
    }
    const auto ranks = static_cast<std::size_t>(world.size());
    for (std::size_t w = static_cast<std::size_t>(world.rank()); w < facts.workers; w += ranks) {
      FormerWorker worker{.finished = true};
      if (!finished(w)) {
        WorkerFile file = open_worker(checkpoint, before.at(w), facts);
        worker = FormerWorker::read(*file.state);
      }
      mine.emplace_back(w, std::move(worker));
    }
  });
  regroup.formers = share(world, std::move(mine), regroup.workers_before);
  return found;
}

void regroup(Origin& origin, const Experiment& before, const Group& group) {
  const Regroup& regroup = *origin.regroup;
  Facts& facts = origin.facts;
  const bool claimed = before.trainer.parallelism_factor > 1;
  Deal deal = claimed ? partitions_of(regroup, before, *origin.center) : shards_of(regroup, before);
  deal.memory_limit = before.data.memory_limit ? before.data.memory_limit->bytes : 0;
  if (is_past(deal, facts.deals)) facts.deals.clear();
  facts.deals.push_back(std::move(deal));
  facts.finished.assign(group.workers, 0);
  if (facts.steps.size() < group.workers) facts.steps.resize(group.workers, 0);
  origin.memory_limit.reset();
  if (origin.center) {
    origin.center->clocks.assign(group.workers, 0);
    if (regroup.of_tree) origin.center->momentum.clear();  // of other nodes
  }
  tell(regroup, group.workers);
}

}  // namespace tusk::checkpoint
