// SPDX-License-Identifier: Apache-2.0
#include "run/checkpoint/served_checkpoints.hpp"

#include <algorithm>
#include <optional>
#include <utility>

#include "core/log.hpp"
#include "exchange/center/center_server.hpp"
#include "exchange/center/control_board.hpp"
#include "tusk/error.hpp"

namespace tusk::checkpoint {

ServedCheckpoints::ServedCheckpoints(Checkpointer& checkpointer,
                                     coordinator::Coordinator& coordinator,
                                     center::CenterServer& server, std::size_t workers,
                                     std::size_t rank_of_worker_0)
    : Notices(checkpointer, coordinator),
      checkpointer_(checkpointer),
      coordinator_(coordinator),
      server_(server),
      rank_of_worker_0_(rank_of_worker_0),
      workers_(workers) {}

void ServedCheckpoints::restore(const Facts& facts) {
  for (std::size_t worker = 0; worker < workers_.size(); ++worker) {
    workers_[worker].finished = facts.finished.at(worker) != 0;
    workers_[worker].steps = facts.steps.at(worker);
  }
  steps_of_gone_.assign(facts.steps.begin() + static_cast<std::ptrdiff_t>(workers_.size()),
                        facts.steps.end());
}

void ServedCheckpoints::submit(records::Report report) {
  if (report.finished) {
    Place& place = workers_.at(report.worker);
    place.finished = true;
    place.steps = report.amount;
  }
  Notices::submit(std::move(report));
}

void ServedCheckpoints::on_arrival(const records::Report& notice) {
  if (notice.number != asked_) return;
  Place& place = workers_.at(notice.worker);
  place.arrived = true;
  place.steps = notice.amount;
}

bool ServedCheckpoints::advance() {
  const bool writing = checkpointer_.poll();
  if (asked_ != 0) {
    const auto done = [](const Place& place) { return place.arrived || place.finished; };
    if (std::ranges::all_of(workers_, done)) cut();
    return true;
  }
  std::uint64_t steps = 0;
  for (const Place& place : workers_) steps += place.steps;
  for (const std::uint64_t gone : steps_of_gone_) steps += gone;
  steps = std::max(steps, coordinator_.book().steps());
  if (checkpointer_.wanted({checkpointer_.now_s(), steps, coordinator_.epochs()})) {
    wanted_ = true;
  }
  if (wanted_ && !writing && !coordinator_.all_finished()) ask();
  return writing;
}

bool ServedCheckpoints::over() { return checkpointer_.stopped() && !checkpointer_.poll(); }

void ServedCheckpoints::ask() {
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
  server_.board().store(center::Cell::checkpoint, static_cast<std::int64_t>(asked_));
}

void ServedCheckpoints::cut() {
  const std::uint64_t number = std::exchange(asked_, 0);
  const auto finished = [](const Place& place) { return place.finished; };
  if (std::ranges::all_of(workers_, finished)) return checkpointer_.cancel();
  std::optional<CenterCopy> center = CenterCopy::of(server_);
  Checkpointer::Cut cut{.keep =
                            [&](State& state) {
                              state("center", center);
                              state("coordinator", coordinator_);
                            },
                        .model = center->theta};
  cut.parts.resize(rank_of_worker_0_ + workers_.size());
  for (std::size_t worker = 0; worker < workers_.size(); ++worker) {
    const Place& place = workers_[worker];
    cut.step += place.steps;
    cut.steps.push_back(place.steps);
    cut.finished.push_back(place.finished ? 1 : 0);
    cut.parts[rank_of_worker_0_ + worker] = place.finished ? 0 : 1;
  }
  for (const std::uint64_t gone : steps_of_gone_) {
    cut.step += gone;
    cut.steps.push_back(gone);
  }
  cut.epochs = coordinator_.epochs();
  checkpointer_.write(std::move(cut));
  if (checkpointer_.stops()) {
    server_.board().store(center::Cell::stop,
                          static_cast<std::int64_t>(coordinator::StopReason::for_later));
  }
  server_.board().store(center::Cell::released, static_cast<std::int64_t>(number));
  checkpointer_.stalled(checkpointer_.now_s() - asked_s_);
}

}  // namespace tusk::checkpoint
