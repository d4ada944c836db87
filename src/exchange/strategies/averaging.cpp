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
// (dist-keras's AveragingTrainer, elephas's synchronous mode.) The sums are in double precision and
// begin from nothing every time. One Allreduce of 8 P bytes an exchange.
class Averaging final : public Strategy {
 public:
  Averaging(center::Peers& peers, std::size_t communication_window)
      : peers_(peers), communication_window_(communication_window) {}

  std::size_t communication_window() const override { return communication_window_; }

  void on_start(std::span<float> weights) override { sum_.resize(weights.size() + 1); }

  std::size_t on_pass_start(std::size_t batches) override { return peers_.max(batches); }

  void on_window_end(std::span<float> weights, const Window& window) override {
    const auto samples = static_cast<double>(window.samples);
    for (std::size_t i = 0; i < weights.size(); ++i) sum_[i] = samples * weights[i];
    sum_.back() = samples;
    peers_.sum(sum_);
    const double all_samples = sum_.back();
    for (std::size_t i = 0; i < weights.size(); ++i) {
      weights[i] = static_cast<float>(sum_[i] / all_samples);
    }
  }

 private:
  center::Peers& peers_;
  std::size_t communication_window_;
  AlignedVector<double> sum_;  // Σ sᵢxᵢ, then Σ sᵢ
};

}  // namespace

std::unique_ptr<Strategy> make(const AveragingOptions& options, const Surroundings& with) {
  return std::make_unique<Averaging>(*with.peers,
                                     options.communication_window.value_or(whole_pass));
}

}  // namespace tusk::strategies
