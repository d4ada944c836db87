// SPDX-License-Identifier: Apache-2.0
#include "run/checkpoint/due.hpp"

#include <algorithm>
#include <cstdlib>

#include "run/checkpoint/signals.hpp"
#include "tusk/error.hpp"

namespace tusk::checkpoint {
namespace {

constexpr double slurm_margin_s = 30.0;  // for what has not been measured

std::optional<double> slurm_left_s() {
  const char* text = std::getenv("SLURM_JOB_END_TIME");
  if (text == nullptr) return std::nullopt;
  char* end = nullptr;
  const long long seconds = std::strtoll(text, &end, 10);
  if (end == text || *end != '\0' || seconds <= 0) return std::nullopt;
  const auto now = std::chrono::system_clock::now().time_since_epoch();
  return static_cast<double>(seconds) - std::chrono::duration<double>(now).count();
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

Due::Due(const std::string& every, std::optional<double> max_time_s)
    : every_(interval_of(every)), max_time_s_(max_time_s), slurm_left_s_(slurm_left_s()) {}

void Due::begin(const Progress& now) { last_ = now; }

bool Due::checkpoint(const Progress& now) {
  const auto passed = [](const auto& every, auto before, auto after) {
    return every && after / *every > before / *every;
  };
  const bool due = (every_.seconds && now.time_s - last_.time_s >= *every_.seconds) ||
                   passed(every_.steps, last_.steps, now.steps) ||
                   passed(every_.epochs, last_.epochs, now.epochs) || Signals::take_wish();
  if (due) last_ = now;
  return due;
}

std::string Due::stop() const {
  if (const int signal = Signals::stop(); signal != 0) return std::string(name_of_signal(signal));
  if (!max_time_s_ && !slurm_left_s_) return {};
  const std::chrono::duration<double> spent = std::chrono::steady_clock::now() - start_;
  if (max_time_s_ && spent.count() >= *max_time_s_ - 2.0 * longest_s_) return "--max-time";
  if (slurm_left_s_ && spent.count() >= *slurm_left_s_ - slurm_margin_s - 2.0 * longest_s_) {
    return "the end of Slurm's time limit";
  }
  return {};
}

void Due::took(double seconds) { longest_s_ = std::max(longest_s_, seconds); }

}  // namespace tusk::checkpoint
