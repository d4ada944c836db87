// SPDX-License-Identifier: Apache-2.0
#include "exchange/center/local_center.hpp"

#include <algorithm>
#include <utility>

#include "exchange/center/require_size.hpp"

#include "exchange/center/local_state.hpp"

namespace tusk::center {

LocalState::LocalState(std::span<const float> initial, std::size_t workers, std::size_t statistics,
                       std::span<const float> momentum)
    : theta_(initial.begin(), initial.end()),
      kept_(statistics, 1.0F),
      momentum_(momentum.begin(), momentum.end()),
      cells_(cell_count(workers)),
      board_(cells_) {
  reset_cells(cells_);
  if (!momentum.empty()) require_size(momentum.size(), 2 * weights().size());
}

std::uint64_t LocalState::begin(Update& update) {
  if (!update.commits()) return updates_;
  update.take_ticket(updates_);
  if (!momentum_.empty()) {
    update.velocity = momentum_.data();
    update.kept = momentum_.data() + weights().size();
  }
  return updates_++;
}

void LocalState::take(std::span<float> out, std::span<float> kept) {
  require_size(out.size(), theta_.size());
  require_size(kept.size(), kept_.size());
  std::ranges::copy(theta_, out.begin());
  std::ranges::copy(kept_, kept.begin());
  std::ranges::fill(kept_, 1.0F);
}

void LocalState::merge(std::span<const float> change) {
  require_size(change.size(), theta_.size());
  const std::size_t count = weights().size();
  for (std::size_t i = 0; i < count; ++i) theta_[i] += change[i];
  for (std::size_t i = 0; i < kept_.size(); ++i) theta_[count + i] += kept_[i] * change[count + i];
  if (momentum_.empty()) return;
  const std::span<float> kept = std::span(momentum_).last(weights().size());
  for (std::size_t i = 0; i < kept.size(); ++i) kept[i] += change[i];
}

std::shared_ptr<LocalState> make_local_state(std::span<const float> initial, std::size_t workers,
                                             std::size_t statistics,
                                             std::span<const float> momentum) {
  return std::make_shared<LocalState>(initial, workers, statistics, momentum);
}

LocalCenter::LocalCenter(std::shared_ptr<LocalState> state, const CompressionOptions& compression)
    : CenterWorker(state->weights().size(), state->statistics().size(), !state->momentum().empty()),
      state_(std::move(state)) {
  if (compression.kind == CompressionKind::none) return;
  options_ = compression;
  compressor_.emplace(compression, size());
  arrived_.resize(size());
}

void LocalCenter::keep(State& state) {
  CenterWorker::keep(state);
  if (compressor_) state("compressor", *compressor_);
}

ControlBoard& LocalCenter::board() { return state_->board(); }

Receipt LocalCenter::execute(Update update) {
  if (compressor_ && update.commits()) {
    decompress(options_, compressor_->compress({update.in, size()}), arrived_);
    update.in = arrived_.data();
  }
  const std::uint64_t ticket = state_->begin(update);
  apply(update, state_->weights().data(), 0, size());
  apply_to_statistics(update, state_->statistics().data(), statistics(), state_->kept());
  return {.ticket = ticket};
}

LocalServer::LocalServer(std::shared_ptr<LocalState> state) : state_(std::move(state)) {}

std::size_t LocalServer::size() const { return state_->theta().size(); }

std::uint64_t LocalServer::snapshot(std::span<float> out) {
  require_size(out.size(), size());
  std::ranges::copy(state_->theta(), out.begin());
  return state_->updates();
}

AlignedVector<float> LocalServer::momentum() {
  return {state_->momentum().begin(), state_->momentum().end()};
}

std::uint64_t LocalServer::take(std::span<float> out, std::span<float> kept) {
  state_->take(out, kept);
  return state_->updates();
}

std::uint64_t LocalServer::merge(std::span<const float> change) {
  state_->merge(change);
  return state_->updates();
}

std::uint64_t LocalServer::updates() { return state_->updates(); }

void LocalServer::set_updates(std::uint64_t updates) { state_->set_updates(updates); }

ControlBoard& LocalServer::board() { return state_->board(); }

}  // namespace tusk::center
