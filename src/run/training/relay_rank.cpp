// SPDX-License-Identifier: Apache-2.0
#include "run/training/relay_rank.hpp"

#include <algorithm>
#include <utility>
#include <vector>

#include "exchange/center/center_server.hpp"
#include "mpi/communicator.hpp"
#include "run/checkpoint/checkpointer.hpp"
#include "run/checkpoint/origin.hpp"
#include "run/training/center_parts.hpp"
#include "run/training/make_worker.hpp"
#include "tusk/center.hpp"

namespace tusk::training {
namespace {

// Where this node's workers stand when the run begins, or goes on; with other nodes none of them
// has finished.
std::vector<records::WorkerPlace> places_before(const Run& run) {
  const Node& node = *run.assembly().roles.node;
  std::vector<records::WorkerPlace> places(node.workers);
  if (run.origin() == nullptr) return places;
  const checkpoint::Facts& facts = run.origin()->facts;
  for (std::size_t w = 0; w < places.size(); ++w) {
    places[w] = {.steps = facts.steps.at(node.first + w),
                 .finished = facts.finished.at(node.first + w)};
  }
  return places;
}

records::NodeBook make_book(const Run& run, const TreeWires& wires) {
  const Assembly& assembly = run.assembly();
  const auto node = static_cast<std::uint64_t>(wires.ranks.relays().rank());
  const std::uint64_t file = run.first_node_file() + node;
  return {{.file = file,
           .node = node,
           .first = assembly.roles.node->first,
           .places = places_before(run),
           .scoring = scoring_of(assembly.model)},
          run.open_node_history(file)};
}

}  // namespace

RelayRank::RelayRank(const Run& run, const TreeWires& wires, const RelayOptions& options,
                     std::span<const float> initial, std::uint64_t updates_before,
                     const center::Center& node, const center::Center* root,
                     relay::Meanwhile& meanwhile)
    : assembly_(run.assembly()),
      node_(node),
      root_(root),
      snapshot_(with_what_is_frozen(assembly_, [this](std::span<float> out) { common(out); })),
      board_(node.server->board(), wires.orders),
      orders_(node.server->board(), wires.orders),
      coordinator_(run.world().rank() == 0
                       ? run.begin(records::ServedCenter{node.transport, node.consistency},
                                   snapshot_, board_)
                       : nullptr),
      book_(make_book(run, wires)),
      courier_(wires.node_reports, wires.relay_reports, book_, make_sinks(run)),
      clocks_(node.server->board(), assembly_.roles.node->workers, wires.clocks),
      duties_({.courier = courier_,
               .clocks = assembly_.experiment.trainer.max_staleness ? &clocks_ : nullptr,
               .claims = make_claims(run, wires),
               .orders = coordinator_ ? nullptr : &orders_,
               .coordinator = coordinator_.get(),
               .root = root != nullptr ? root->server.get() : nullptr,
               .board = coordinator_ && root != nullptr ? &board_ : nullptr,
               .checkpoints = checkpoints_ ? &*checkpoints_ : nullptr,
               .writer = make_writer(run)}),
      relay_({.options = options,
              .learning_rate = assembly_.experiment.optimizer.learning_rate,
              .initial = initial,
              .statistics = statistics_of_center(assembly_),
              .workers = assembly_.roles.node->workers,
              .node = *node.server,
              .relays = wires.meetings,
              .center = root != nullptr ? root->worker.get() : nullptr,
              .courier = courier_,
              .duties = duties_,
              .claims = claims_ ? &*claims_ : nullptr,
              .board = coordinator_ ? &board_ : nullptr,
              .coordinator = coordinator_.get(),
              .orders = coordinator_ ? nullptr : &orders_,
              .checkpoints = checkpoints_ ? &*checkpoints_ : nullptr,
              .write_checkpoint = [this] { write_checkpoint(); },
              .writer = writer_ ? &*writer_ : nullptr}) {
  meanwhile = [this] { return duties_.advance(); };
  if (run.origin() != nullptr) go_on(run, updates_before);
}

Outcome RelayRank::run() {
  relay_.run();
  relay_.end();
  Outcome outcome;
  outcome.node_histories.push_back(std::move(book_.history()));
  if (!coordinator_) return outcome;
  outcome.weights.resize(assembly_.model.parameter_count());
  snapshot_(outcome.weights);
  outcome.updates = relay_.updates();
  outcome.coordinator = std::move(coordinator_);
  return outcome;
}

relay::Courier::Sinks RelayRank::make_sinks(const Run& run) {
  if (!coordinator_ || run.checkpointer() == nullptr) {
    return {.sums = coordinator_.get(), .notices = coordinator_.get()};
  }
  checkpoints_.emplace(*run.checkpointer(), *coordinator_, board_,
                       checkpoint::PartRanks::of_tree(assembly_.roles.node->of_ranks));
  return {.sums = &*checkpoints_, .notices = &*checkpoints_};
}

checkpoint::PartWriter* RelayRank::make_writer(const Run& run) {
  if (coordinator_ || !run.takes_checkpoints()) return nullptr;
  return &writer_.emplace(run.checkpoint_folder(), run.world().rank(), 0);
}

// Of a run that goes on with other nodes, from the first epoch of which something is left.
relay::Claims* RelayRank::make_claims(const Run& run, const TreeWires& wires) {
  if (!assembly_.partitions) return nullptr;
  const std::uint64_t partitions = assembly_.partitions->count();
  const bool anew = run.origin() != nullptr && run.origin()->regroup;
  return &claims_.emplace(relay::Claims::Setup{
      .node = wires.node_claims,
      .relays = wires.claims,
      .all_workers = assembly_.roles.workers,
      .first = anew ? (run.dealt()->first() - 1) * partitions : 0,
      .end = assembly_.experiment.trainer.epochs * partitions,
      .finished = static_cast<std::size_t>(std::ranges::count_if(
          places_before(run), [](const records::WorkerPlace& place) { return place.finished; }))});
}

// The state's next parts, behind the centers'.
void RelayRank::go_on(const Run& run, std::uint64_t updates_before) {
  checkpoint::Origin& origin = *run.origin();
  if (origin.regroup) return begin_with_other_nodes(run, updates_before);
  std::vector<std::uint8_t> finished;
  for (const records::WorkerPlace& place : places_before(run)) {
    finished.push_back(place.finished != 0 ? 1 : 0);
  }
  finished.push_back(0);  // for the clock of all nodes, where there is one
  origin.center->restore(*node_.server, finished);
  if (coordinator_) {
    (*origin.state)("coordinator", *coordinator_);
    if (checkpoints_) checkpoints_->restore(origin.facts);
  }
  (*origin.state)("relay", relay_);
  if (claims_ && coordinator_) (*origin.state)("claims", *claims_);
  origin.state->finish();
}

void RelayRank::begin_with_other_nodes(const Run& run, std::uint64_t updates_before) {
  checkpoint::Origin& origin = *run.origin();
  relay_.begin_after(updates_before);
  if (!coordinator_) return;
  (*origin.state)("coordinator", *coordinator_);
  regroup(origin, assembly_.roles.workers, *coordinator_);
  if (checkpoints_) checkpoints_->restore(origin.facts);
}

// On rank 0, while all stand.
void RelayRank::write_checkpoint() {
  std::optional<checkpoint::CenterCopy> center = checkpoint::CenterCopy::of(*node_.server);
  std::optional<checkpoint::CenterCopy> root;
  if (root_ != nullptr) root = checkpoint::CenterCopy::of(*root_->server);
  checkpoint::CenterCopy common = in_common(*center);
  checkpoints_->write(
      [&](State& state) {
        state("center", center);
        state("common", common);
        state("root", root);
        state("coordinator", *coordinator_);
        state("relay", relay_);
        if (claims_) state("claims", *claims_);
      },
      common.theta);
}

// What a center of all workers would be now, without an outer momentum: every node has its own.
// `own`: this node's.
checkpoint::CenterCopy RelayRank::in_common(const checkpoint::CenterCopy& own) {
  checkpoint::CenterCopy all{.updates = relay_.commits(),
                             .learning_rate_scale = own.learning_rate_scale};
  all.theta.resize(own.theta.size());
  common(all.theta);
  if (!claims_) return all;
  all.next_partition = static_cast<std::int64_t>(claims_->desk().next());
  all.free_partitions = claims_->desk().back();
  return all;
}

// out = what the nodes have in common.
void RelayRank::common(std::span<float> out) {
  if (root_ != nullptr) {
    root_->server->snapshot(out);
  } else {
    relay_.model(out);
  }
}

}  // namespace tusk::training
