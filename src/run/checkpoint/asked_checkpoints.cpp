// SPDX-License-Identifier: Apache-2.0
#include "run/checkpoint/asked_checkpoints.hpp"

#include <algorithm>
#include <numeric>
#include <utility>

#include "core/log.hpp"
#include "exchange/center/control_board.hpp"
#include "tusk/error.hpp"

namespace tusk::checkpoint {

PartRanks PartRanks::behind_servers(std::size_t servers, std::size_t workers) {
  PartRanks ranks{.count = servers + workers};
  ranks.of_workers.resize(workers);
  std::iota(ranks.of_workers.begin(), ranks.of_workers.end(), servers);
  return ranks;
}

PartRanks PartRanks::of_tree(std::span<const std::uint64_t> nodes) {
  std::vector<std::size_t> by_node(nodes.size());
  std::iota(by_node.begin(), by_node.end(), std::size_t{0});
  std::ranges::stable_sort(by_node, {}, [&](std::size_t rank) { return nodes[rank]; });
  PartRanks ranks{.count = nodes.size()};
  for (const std::size_t rank : by_node) {
    const bool is_first = nodes[rank] == ranks.of_relays.size();
    if (is_first) ranks.first_workers.push_back(ranks.of_workers.size());
    (is_first ? ranks.of_relays : ranks.of_workers).push_back(rank);
  }
  return ranks;
}

AskedCheckpoints::AskedCheckpoints(Checkpointer& checkpointer,
                                   coordinator::Coordinator& coordinator,
                                   center::ControlBoard& board, PartRanks ranks)
    : Notices(checkpointer, coordinator),
      checkpointer_(checkpointer),
      coordinator_(coordinator),
      board_(board),
      ranks_(std::move(ranks)),
      workers_(ranks_.of_workers.size()) {}

void AskedCheckpoints::restore(const Facts& facts) {
  for (std::size_t worker = 0; worker < workers_.size(); ++worker) {
    workers_[worker].finished = facts.finished.at(worker) != 0;
    workers_[worker].steps = facts.steps.at(worker);
  }
  steps_of_gone_.assign(facts.steps.begin() + static_cast<std::ptrdiff_t>(workers_.size()),
                        facts.steps.end());
}

void AskedCheckpoints::submit(records::Report report) {
  if (report.finished) {
    Place& place = workers_.at(report.worker);
    place.finished = true;
    place.steps = report.amount;
  }
  Notices::submit(std::move(report));
}

void AskedCheckpoints::submit(records::NodeSum sum) {
  if (!sum.places.empty()) {
    const std::size_t first = ranks_.first_workers.at(sum.node);
    for (std::size_t i = 0; i < sum.places.size(); ++i) {
      Place& place = workers_.at(first + i);
      place.steps = sum.places[i].steps;
      place.finished = sum.places[i].finished != 0;
    }
  }
  coordinator_.submit(std::move(sum));
}

void AskedCheckpoints::on_arrival(const records::Report& notice) {
  if (notice.number != asked_) return;
  Place& place = workers_.at(notice.worker);
  place.arrived = true;
  place.steps = notice.amount;
}

bool AskedCheckpoints::advance() {
  const bool writing = checkpointer_.poll();
  if (asked_ != 0) return true;
  std::uint64_t steps = 0;
  for (const Place& place : workers_) steps += place.steps;
  for (const std::uint64_t gone : steps_of_gone_) steps += gone;
  steps = std::max({steps, coordinator_.book().steps(), trained_});
  if (checkpointer_.wanted({checkpointer_.now_s(), steps, coordinator_.epochs()})) {
    wanted_ = true;
  }
  if (wanted_ && !writing && !coordinator_.all_finished()) ask();
  return writing;
}

bool AskedCheckpoints::over() { return checkpointer_.stopped() && !checkpointer_.poll(); }

void AskedCheckpoints::ask() {
  wanted_ = false;
  try {
    asked_ = checkpointer_.begin();
  } catch (const Error& error) {
    if (checkpointer_.stops()) throw;
    warning("no checkpoint was written: {}", error.what());
    return;
  }
  asked_s_ = checkpointer_.now_s();
  for (Place& place : workers_) place.arrived = false;
  board_.store(center::Cell::checkpoint, static_cast<std::int64_t>(asked_));
}

bool AskedCheckpoints::all_there() const {
  return std::ranges::all_of(workers_,
                             [](const Place& place) { return place.arrived || place.finished; });
}

void AskedCheckpoints::cancel() {
  asked_ = 0;
  checkpointer_.cancel();
}

// Of the nodes' relays: each tells of all parts of its node, if there are any but rank 0's.
std::size_t AskedCheckpoints::notices_of_nodes(const std::vector<std::uint8_t>& parts) const {
  const auto first = std::span(ranks_.of_workers).first(ranks_.first_workers.at(1));
  const bool any = std::ranges::any_of(first, [&](std::size_t rank) { return parts[rank] != 0; });
  return ranks_.of_relays.size() - (any ? 0 : 1);
}

void AskedCheckpoints::write(State::Keep keep, AlignedVector<float> model) {
  const std::uint64_t number = std::exchange(asked_, 0);
  Checkpointer::Cut cut{.keep = std::move(keep), .model = std::move(model)};
  cut.parts.resize(ranks_.count);
  for (const std::size_t rank : ranks_.of_relays) cut.parts[rank] = 1;
  for (std::size_t worker = 0; worker < workers_.size(); ++worker) {
    const Place& place = workers_[worker];
    cut.step += place.steps;
    cut.steps.push_back(place.steps);
    cut.finished.push_back(place.finished ? 1 : 0);
    cut.parts[ranks_.of_workers[worker]] = place.finished ? 0 : 1;
  }
  for (const std::uint64_t gone : steps_of_gone_) {
    cut.step += gone;
    cut.steps.push_back(gone);
  }
  cut.epochs = coordinator_.epochs();
  if (!ranks_.of_relays.empty()) cut.notices = notices_of_nodes(cut.parts);
  checkpointer_.write(std::move(cut));
  if (checkpointer_.stops()) {
    board_.store(center::Cell::stop, static_cast<std::int64_t>(coordinator::StopReason::for_later));
  }
  board_.store(center::Cell::released, static_cast<std::int64_t>(number));
  checkpointer_.stalled(checkpointer_.now_s() - asked_s_);
}

}  // namespace tusk::checkpoint
