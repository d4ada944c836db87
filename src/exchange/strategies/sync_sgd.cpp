// SPDX-License-Identifier: Apache-2.0
#include "exchange/strategies/rules.hpp"
#include "tusk/aligned_vector.hpp"
#include "tusk/peers.hpp"

namespace tusk::strategies {
namespace {

// Data-parallel training: every worker takes every step with the gradient of all their batches,
//
//   g = Σ sᵢgᵢ / Σ sᵢ      sᵢ the samples of worker i's batch
//
// so that the replicas stay the same to the last bit; so of their statistics, as they are after the
// step. One Allreduce of 4 P bytes a step.
class SyncSgd final : public Strategy {
 public:
  explicit SyncSgd(const Surroundings& with) : peers_(*with.peers), statistics_(with.statistics) {}

  std::size_t communication_window() const override { return 1; }
  bool shares_gradients() const override { return true; }

  bool exchanges_statistics() const override { return true; }

  void on_start(std::span<float> /*weights*/) override {}
  void keep(State& /*state*/) override {}

  std::size_t on_pass_start(std::size_t batches) override { return peers_.max(batches); }

  void on_gradients(std::span<const float> /*weights*/, std::span<float> gradients,
                    std::size_t samples) override {
    const auto share = static_cast<float>(samples);
    sum_.resize(gradients.size() + statistics_.size() + 1);
    put(share, gradients, 0);
    put(share, statistics_, gradients.size());
    sum_.back() = share;
    peers_.sum(sum_);
    take_mean(gradients, 0);
    take_mean(statistics_, gradients.size());
  }

  void on_window_end(std::span<float> /*weights*/, const Window& /*window*/) override {}

 private:
  void put(float share, std::span<const float> values, std::size_t first) {
    for (std::size_t i = 0; i < values.size(); ++i) sum_[first + i] = share * values[i];
  }

  void take_mean(std::span<float> values, std::size_t first) const {
    const float all_samples = sum_.back();
    for (std::size_t i = 0; i < values.size(); ++i) values[i] = sum_[first + i] / all_samples;
  }

  center::Peers& peers_;
  std::span<float> statistics_;
  AlignedVector<float> sum_;  // Σ sᵢgᵢ, the same of the statistics, then Σ sᵢ
};

}  // namespace

std::unique_ptr<Strategy> make(const SyncSgdOptions& /*options*/, const Surroundings& with) {
  return std::make_unique<SyncSgd>(with);
}

}  // namespace tusk::strategies
