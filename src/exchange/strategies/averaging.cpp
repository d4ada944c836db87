// SPDX-License-Identifier: Apache-2.0
#include <limits>

#include "exchange/strategies/rules.hpp"
#include "tusk/aligned_vector.hpp"
#include "tusk/peers.hpp"

namespace tusk::strategies {
namespace {

constexpr std::size_t whole_pass = std::numeric_limits<std::size_t>::max();

// After every window, an epoch unless a number of steps is given, all workers go on from the mean
// of their weights, each weighted with the samples that it saw in the window:
//
//   x = Σ sᵢxᵢ / Σ sᵢ
//
// and so of their statistics (dist-keras's AveragingTrainer, elephas's synchronous mode.) The sums
// are in double precision and begin from nothing every time. One Allreduce of 8 P bytes an
// exchange.
class Averaging final : public Strategy {
 public:
  Averaging(const Surroundings& with, std::size_t communication_window)
      : peers_(*with.peers),
        statistics_(with.statistics),
        communication_window_(communication_window) {}

  std::size_t communication_window() const override { return communication_window_; }

  bool exchanges_statistics() const override { return true; }

  void on_start(std::span<float> /*weights*/) override {}
  void keep(State& /*state*/) override {}

  std::size_t on_pass_start(std::size_t batches) override { return peers_.max(batches); }

  void on_window_end(std::span<float> weights, const Window& window) override {
    const auto samples = static_cast<double>(window.samples);
    sum_.resize(weights.size() + statistics_.size() + 1);
    put(samples, weights, 0);
    put(samples, statistics_, weights.size());
    sum_.back() = samples;
    peers_.sum(sum_);
    take_mean(weights, 0);
    take_mean(statistics_, weights.size());
  }

 private:
  void put(double samples, std::span<const float> values, std::size_t first) {
    for (std::size_t i = 0; i < values.size(); ++i) sum_[first + i] = samples * values[i];
  }

  void take_mean(std::span<float> values, std::size_t first) const {
    const double all_samples = sum_.back();
    for (std::size_t i = 0; i < values.size(); ++i) {
      values[i] = static_cast<float>(sum_[first + i] / all_samples);
    }
  }

  center::Peers& peers_;
  std::span<float> statistics_;
  std::size_t communication_window_;
  AlignedVector<double> sum_;  // Σ sᵢxᵢ, the same of the statistics, then Σ sᵢ
};

}  // namespace

std::unique_ptr<Strategy> make(const AveragingOptions& options, const Surroundings& with) {
  return std::make_unique<Averaging>(with, options.communication_window.value_or(whole_pass));
}

}  // namespace tusk::strategies
