// SPDX-License-Identifier: Apache-2.0
#include "exchange/strategies/rules.hpp"

namespace tusk::strategies {
namespace {

// Nothing is exchanged: the worker's weights are the model.
class Single final : public Strategy {
 public:
  std::size_t communication_window() const override { return 1; }
  void on_start(std::span<float> /*weights*/) override {}
  void on_window_end(std::span<float> /*weights*/, const Window& /*window*/) override {}
  void keep(State& /*state*/) override {}
};

}  // namespace

std::unique_ptr<Strategy> make(const SingleOptions& /*options*/, const Surroundings& /*with*/) {
  return std::make_unique<Single>();
}

// A member of an ensemble is trained as if it were alone.
std::unique_ptr<Strategy> make(const EnsembleOptions& /*options*/, const Surroundings& /*with*/) {
  return std::make_unique<Single>();
}

}  // namespace tusk::strategies
