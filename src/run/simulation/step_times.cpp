// SPDX-License-Identifier: Apache-2.0
#include "run/simulation/step_times.hpp"

#include <cmath>
#include <variant>

#include "tusk/error.hpp"
#include "tusk/random.hpp"

namespace tusk::simulation {
namespace {

struct Draw {
  Random& random;

  double operator()(const LognormalTime& time) const {
    return time.mean * std::exp(time.sigma * random.normal() - 0.5 * time.sigma * time.sigma);
  }
  double operator()(const NormalTime& time) const {
    return time.mean + time.stddev * random.normal();
  }
  double operator()(const UniformTime& time) const {
    return random.uniform(time.minval, time.maxval);
  }
  double operator()(const ExponentialTime& time) const {
    return -time.mean * std::log1p(-random.uniform());
  }
};

// What is not above 0 is drawn again.
double drawn(const TimeDistribution& distribution, Random random) {
  for (;;) {
    const double time = std::visit(Draw{random}, distribution);
    if (time > 0.0) return time;
  }
}

}  // namespace

StepTimes::StepTimes(const StepTime& options, std::size_t workers, std::uint64_t seed,
                     const records::RunTimes* like)
    : options_(options), like_(like), seed_(seed) {
  const auto* list = std::get_if<std::vector<double>>(&options_);
  if (like_ == nullptr && list != nullptr && list->size() < workers) {
    fail(ExitCode::bad_experiment,
         "simulate.step_time is a list of {} values, but there are {} workers: it needs one for "
         "each",
         list->size(), workers);
  }
}

double StepTimes::factor(const StepTime& options, std::uint64_t seed, std::size_t worker) {
  if (const auto* constant = std::get_if<double>(&options)) return *constant;
  if (const auto* list = std::get_if<std::vector<double>>(&options)) {
    return (*list)[worker % list->size()];
  }
  return drawn(std::get<TimeDistribution>(options),
               Random(seed, Stream::worker_factor, static_cast<std::uint32_t>(worker)));
}

double StepTimes::cost_s(std::size_t worker, std::uint64_t step) const {
  const auto index = static_cast<std::uint32_t>(worker);
  if (like_ != nullptr) {
    const std::vector<double>& times = (*like_)[worker % like_->size()].steps_s;
    return times[Random(seed_, Stream::step_time, index, step).below(times.size())];
  }
  if (const auto* constant = std::get_if<double>(&options_)) return *constant;
  if (const auto* list = std::get_if<std::vector<double>>(&options_)) return (*list)[worker];
  return drawn(std::get<TimeDistribution>(options_), Random(seed_, Stream::step_time, index, step));
}

std::optional<double> StepTimes::exchange_s(std::size_t worker, std::uint64_t exchange) const {
  if (like_ == nullptr) return std::nullopt;
  const std::vector<double>& times = (*like_)[worker % like_->size()].exchanges_s;
  Random random(seed_, Stream::step_time, static_cast<std::uint32_t>(worker), exchange);
  random.next_u64();  // what the step of the same number takes
  return times[random.below(times.size())];
}

}  // namespace tusk::simulation
