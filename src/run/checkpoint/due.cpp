// SPDX-License-Identifier: Apache-2.0
#include "run/checkpoint/due.hpp"

#include <algorithm>
#include <chrono>
#include <cstdlib>

#include "run/checkpoint/signals.hpp"
#include "tusk/error.hpp"

namespace tusk::checkpoint {
namespace {

constexpr double slurm_margin_s = 30.0;  // for what has not been measured

double seconds_between(Due::Time from, Due::Time to) {
  return std::chrono::duration<double>(to - from).count();
}

// When Slurm's time is over, less the margin.
std::optional<Due::Time> slurm_end() {
  const char* text = std::getenv("SLURM_JOB_END_TIME");
  if (text == nullptr) return std::nullopt;
  char* end = nullptr;
  const long long seconds = std::strtoll(text, &end, 10);
  if (end == text || *end != '\0' || seconds <= 0) return std::nullopt;
  const auto now = std::chrono::system_clock::now().time_since_epoch();
  const double left_s = static_cast<double>(seconds) - std::chrono::duration<double>(now).count();
  return std::chrono::steady_clock::now() +
         std::chrono::duration_cast<Due::Time::duration>(
             std::chrono::duration<double>(left_s - slurm_margin_s));
}

Interval interval_of(const std::string& every) {
  const auto interval = parse_interval(every);
  if (!interval) {
    fail(ExitCode::bad_experiment,
         R"(checkpoint.every = "{}", but it must be "15m" (or s, h), "500 steps", "2 epochs" or )"
         R"("never")",
         every);
  }
  return *interval;
}

}  // namespace

Due::Due(const std::string& every, std::optional<Time> stop_by, bool measures)
    : every_(interval_of(every)), measures_(measures) {
  if (stop_by) limits_.push_back({*stop_by, "--max-time"});
  if (const auto end = slurm_end()) limits_.push_back({*end, "the end of Slurm's time limit"});
}

void Due::begin(const Progress& now) { last_ = now; }

bool Due::checkpoint(const Progress& now) {
  const auto passed = [](const auto& every, auto before, auto after) {
    return every && after / *every > before / *every;
  };
  const bool due = (every_.seconds && now.time_s - last_.time_s >= *every_.seconds) ||
                   passed(every_.steps, last_.steps, now.steps) ||
                   passed(every_.epochs, last_.epochs, now.epochs) || Signals::take_wish() ||
                   wants_to_measure();
  if (due) {
    last_ = now;
    measures_ = false;
  }
  return due;
}

bool Due::wants_to_measure() {
  const Time now = std::chrono::steady_clock::now();
  return measures_ && std::ranges::any_of(limits_, [&](const Limit& limit) {
           return now >= start_ + (limit.end - start_) / 2;
         });
}

std::string Due::stop() {
  if (const int signal = Signals::stop(); signal != 0) return std::string(name_of_signal(signal));
  const Time now = std::chrono::steady_clock::now();
  if (asked_) longest_pause_s_ = std::max(longest_pause_s_, seconds_between(*asked_, now));
  asked_ = now;
  const double margin_s = 2.0 * longest_s_ + longest_pause_s_;
  for (const Limit& limit : limits_) {
    if (seconds_between(now, limit.end) <= margin_s) return limit.name;
  }
  return {};
}

}  // namespace tusk::checkpoint
