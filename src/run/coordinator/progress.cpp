// SPDX-License-Identifier: Apache-2.0
#include "run/coordinator/progress.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>

#include "core/log.hpp"
#include "core/score_names.hpp"
#include "core/units.hpp"

namespace tusk::coordinator {
namespace {

constexpr double terminal_interval_s = 0.1;
constexpr double plain_interval_s = 10.0;
constexpr double epoch_interval_s = 1.0;
constexpr std::size_t bar_width = 24;

}  // namespace

Progress::Progress(std::size_t epochs, std::uint64_t samples_per_epoch, std::FILE* out)
    : epochs_(epochs),
      samples_per_epoch_(samples_per_epoch),
      out_(out),
      terminal_(::isatty(::fileno(out)) == 1),
      next_s_(terminal_ ? 0.0 : plain_interval_s) {}

Progress::~Progress() { clear(); }

std::string Progress::line(std::uint64_t samples, double loss, double time_s) const {
  const std::uint64_t total = epochs_ * samples_per_epoch_;
  const double share =
      static_cast<double>(samples) / static_cast<double>(std::max<std::uint64_t>(total, 1));
  const std::uint64_t epoch = std::min<std::uint64_t>(samples / samples_per_epoch_ + 1, epochs_);
  const double rate = time_s > 0.0 ? static_cast<double>(samples) / time_s : 0.0;
  return fmt::format("epoch {}/{} {:5.1f}%  loss {:.4f}  {} samples/s  {} left", epoch, epochs_,
                     100.0 * share, loss, format_count(static_cast<std::uint64_t>(rate)),
                     format_duration(left_s(samples, time_s)));
}

double Progress::left_s(std::uint64_t samples, double time_s) const {
  const std::uint64_t total = epochs_ * samples_per_epoch_;
  const double rate = time_s > 0.0 ? static_cast<double>(samples) / time_s : 0.0;
  return rate > 0.0 ? static_cast<double>(total - std::min(samples, total)) / rate : 0.0;
}

void Progress::epoch(const records::EpochRecord& record,
                     std::span<const std::string> metric_names) {
  const bool last = record.epoch >= epochs_;
  if (record.time_s < next_epoch_s_ && !last) return;
  next_epoch_s_ = record.time_s + epoch_interval_s;
  std::string scores;
  const auto add = [&](const BatchScore& score, std::string_view prefix) {
    for (const auto& [name, value] : named_values(score, metric_names, prefix)) {
      scores += fmt::format(" {} {:.4f}", name, value);
    }
  };
  add(record.train, "");
  if (record.validation) add(*record.validation, "val_");
  clear();
  info(
      "epoch {}/{}:{}, {} samples/s{}", record.epoch, epochs_, scores,
      format_count(static_cast<std::uint64_t>(record.samples_per_s)),
      last ? "" : fmt::format(", {} left", format_duration(left_s(record.samples, record.time_s))));
}

void Progress::update(std::uint64_t samples, double loss, double time_s) {
  if (time_s < next_s_) return;
  next_s_ = time_s + (terminal_ ? terminal_interval_s : plain_interval_s);
  const std::string text = line(samples, loss, time_s);
  if (!terminal_) {
    info("{}", text);
    return;
  }
  const double share =
      static_cast<double>(samples) / static_cast<double>(epochs_ * samples_per_epoch_);
  const auto full = std::min(bar_width, static_cast<std::size_t>(share * bar_width));
  fmt::print(out_, "\r\033[K[{}{}] {}", std::string(full, '='), std::string(bar_width - full, ' '),
             text);
  std::fflush(out_);
  drawn_ = true;
}

void Progress::clear() {
  if (!drawn_) return;
  fmt::print(out_, "\r\033[K");
  std::fflush(out_);
  drawn_ = false;
}

}  // namespace tusk::coordinator
