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
// so that the replicas stay the same to the last bit. One Allreduce of 4 P bytes a step.
class SyncSgd final : public Strategy {
 public:
  explicit SyncSgd(center::Peers& peers) : peers_(peers) {}

  std::size_t communication_window() const override { return 1; }
  bool shares_gradients() const override { return true; }

  void on_start(std::span<float> weights) override { sum_.resize(weights.size() + 1); }

  std::size_t on_pass_start(std::size_t batches) override { return peers_.max(batches); }

  void on_gradients(std::span<const float> /*weights*/, std::span<float> gradients,
                    std::size_t samples) override {
    const auto share = static_cast<float>(samples);
    for (std::size_t i = 0; i < gradients.size(); ++i) sum_[i] = share * gradients[i];
    sum_.back() = share;
    peers_.sum(sum_);
    const float all_samples = sum_.back();
    for (std::size_t i = 0; i < gradients.size(); ++i) gradients[i] = sum_[i] / all_samples;
  }

  void on_window_end(std::span<float> /*weights*/, const Window& /*window*/) override {}

 private:
  center::Peers& peers_;
  AlignedVector<float> sum_;  // Σ sᵢgᵢ, then Σ sᵢ
};

}  // namespace

std::unique_ptr<Strategy> make(const SyncSgdOptions& /*options*/, const Surroundings& with) {
  return std::make_unique<SyncSgd>(*with.peers);
}

}  // namespace tusk::strategies
