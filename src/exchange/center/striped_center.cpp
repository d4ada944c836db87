// SPDX-License-Identifier: Apache-2.0
#include "exchange/center/striped_center.hpp"

#include <algorithm>
#include <atomic>
#include <memory>
#include <mutex>
#include <utility>

namespace tusk::center {
namespace {

constexpr std::size_t round_up(std::size_t value, std::size_t step) {
  return (value + step - 1) / step * step;
}

// Byte offsets from the page boundary; an empty center has one stripe all the same.
struct Layout {
  Layout(std::size_t size, std::size_t workers, std::size_t statistics)
      : cells(cell_count(workers)),
        stripes(std::max<std::size_t>(
            1, (size + StripedCenter::stripe_of(size) - 1) / StripedCenter::stripe_of(size))),
        locks_at(round_up((1 + cells) * sizeof(std::int64_t), sizeof(StripeLock))),
        theta_at(round_up(locks_at + stripes * sizeof(StripeLock), StripedCenter::page)),
        momentum_at(round_up(theta_at + (size + 2 * statistics) * sizeof(float), 64)) {}

  std::size_t cells;
  std::size_t stripes;
  std::size_t locks_at;
  std::size_t theta_at;
  std::size_t momentum_at;
};

}  // namespace

std::size_t StripedCenter::stripe_of(std::size_t size) {
  constexpr std::size_t wanted = 48;
  constexpr std::size_t line = 16;  // floats
  if (size < 8 * largest_stripe) return largest_stripe;
  return std::clamp(round_up(size / wanted, line), smallest_stripe, largest_stripe);
}

std::size_t StripedCenter::bytes(std::size_t size, std::size_t workers, std::size_t statistics,
                                 bool momentum) {
  const Layout layout(size, workers, statistics);
  return layout.momentum_at + (momentum ? 2 * size * sizeof(float) : 0);
}

std::size_t StripedCenter::offset_to_page(const std::byte* memory) {
  return (page - reinterpret_cast<std::uintptr_t>(memory) % page) % page;
}

StripedCenter::StripedCenter(std::byte* memory, std::size_t size, std::size_t workers,
                             std::size_t statistics, bool momentum)
    : size_(size), stripe_(stripe_of(size)), statistics_(statistics) {
  const Layout layout(size, workers, statistics);
  counter_ = reinterpret_cast<std::uint64_t*>(memory);
  cells_ = {reinterpret_cast<std::int64_t*>(counter_ + 1), layout.cells};
  locks_ = {reinterpret_cast<StripeLock*>(memory + layout.locks_at), layout.stripes};
  theta_ = reinterpret_cast<float*>(memory + layout.theta_at);
  if (!momentum) return;
  momentum_ = {reinterpret_cast<float*>(memory + layout.momentum_at), 2 * size};
}

void StripedCenter::initialize(std::span<const float> initial, std::span<const float> momentum) {
  *counter_ = 0;
  reset_cells(cells_);
  for (StripeLock& lock : locks_) std::construct_at(&lock);
  std::ranges::copy(initial, theta_);
  std::fill_n(kept(), statistics_, 1.0F);
  std::ranges::copy(momentum, momentum_.begin());
}

std::uint64_t StripedCenter::updates() const { return std::atomic_ref(*counter_).load(); }

void StripedCenter::set_updates(std::uint64_t updates) const {
  std::atomic_ref(*counter_).store(updates);
}

std::uint64_t StripedCenter::take_ticket(Update& update) const {
  const std::atomic_ref counter(*counter_);
  if (!update.commits()) return counter.load();
  const std::uint64_t ticket = counter.fetch_add(1);
  update.take_ticket(ticket);
  if (!momentum_.empty()) {
    update.velocity = momentum_.data();
    update.kept = momentum_.data() + size_;
  }
  return ticket;
}

Receipt StripedCenter::perform(Update update) const {
  std::unique_lock held(locks_[0]);
  const std::uint64_t ticket = take_ticket(update);
  for (std::size_t i = 0; i < locks_.size(); ++i) {
    apply(update, theta_, i * stripe_, std::min((i + 1) * stripe_, size_));
    if (i + 1 < locks_.size()) held = std::unique_lock(locks_[i + 1]);
  }
  apply_to_statistics(update, theta_ + size_, statistics_, kept());
  return {.ticket = ticket};
}

std::uint64_t StripedCenter::take(std::span<float> out, std::span<float> kept_of) const {
  std::unique_lock held(locks_[0]);
  const std::uint64_t version = updates();
  for (std::size_t i = 0; i < locks_.size(); ++i) {
    const std::size_t first = i * stripe_;
    std::copy(theta_ + first, theta_ + std::min(first + stripe_, size_),
              out.begin() + static_cast<std::ptrdiff_t>(first));
    if (i + 1 < locks_.size()) held = std::unique_lock(locks_[i + 1]);
  }
  std::copy_n(theta_ + size_, statistics_, out.begin() + static_cast<std::ptrdiff_t>(size_));
  std::copy_n(kept(), statistics_, kept_of.begin());
  std::fill_n(kept(), statistics_, 1.0F);
  return version;
}

std::uint64_t StripedCenter::merge(std::span<const float> change) const {
  std::unique_lock held(locks_[0]);
  const std::uint64_t version = updates();
  const auto add = [&](float* to, std::size_t first, std::size_t last) {
    for (std::size_t i = first; i < last; ++i) to[i] += change[i];
  };
  for (std::size_t i = 0; i < locks_.size(); ++i) {
    const std::size_t last = std::min((i + 1) * stripe_, size_);
    add(theta_, i * stripe_, last);
    if (!momentum_.empty()) add(momentum_.data() + size_, i * stripe_, last);
    if (i + 1 < locks_.size()) held = std::unique_lock(locks_[i + 1]);
  }
  for (std::size_t i = 0; i < statistics_; ++i) {
    theta_[size_ + i] += kept()[i] * change[size_ + i];
  }
  return version;
}

Receipt StripedCenter::perform_racing(Update update) const {
  const std::uint64_t ticket = take_ticket(update);
  apply_racing(update, theta_, 0, size_);
  apply_racing_to_statistics(update, theta_ + size_, statistics_);
  return {.ticket = ticket};
}

}  // namespace tusk::center
