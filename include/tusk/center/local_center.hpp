// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>

#include "tusk/center/center_server.hpp"
#include "tusk/center/center_variable.hpp"

namespace tusk::center {

// A center in one process, without MPI: θ, its update counter and its board. Workers and servers
// are handles on it, as many as wanted (the simulator has a thousand), each with its own last pull,
// so that staleness is exact. Calls on the handles of one state must not overlap in time.
class LocalState;
std::shared_ptr<LocalState> make_local_state(std::span<const float> initial, std::size_t workers);

class LocalCenter final : public CenterVariable {
 public:
  explicit LocalCenter(std::shared_ptr<LocalState> state);

  std::size_t size() const override;
  std::uint64_t pull(std::span<float> out) override;
  Commit commit(std::span<const float> delta) override;
  Commit commit_and_pull(std::span<const float> delta, std::span<float> out) override;
  Commit commit_scaled(std::span<const float> delta, const Scaling& scaling,
                       std::span<float> out) override;
  Commit elastic(std::span<const float> x, float alpha, std::span<float> force) override;
  ControlBoard& board() override;

 private:
  std::shared_ptr<LocalState> state_;
  std::uint64_t pulled_ = 0;  // the version of the last pull
};

class LocalServer final : public CenterServer {
 public:
  explicit LocalServer(std::shared_ptr<LocalState> state);

  std::size_t size() const override;
  bool progress() override { return false; }
  double sleep_s(double) const override { return 0.0; }
  std::uint64_t snapshot(std::span<float> out) override;
  std::uint64_t updates() override;
  ControlBoard& board() override;

 private:
  std::shared_ptr<LocalState> state_;
};

}  // namespace tusk::center
