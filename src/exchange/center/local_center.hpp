// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>

#include "exchange/center/center_server.hpp"
#include "exchange/center/center_worker.hpp"
#include "exchange/center/compression.hpp"

namespace tusk::center {

// A center in one process, without MPI: θ, its update counter and its board. A run of one rank uses
// it, and simulations do. Workers and servers are handles on it, as many as wanted (the simulator
// has a thousand), each with its own last pull, so that staleness is exact. Calls on the handles of
// one state must not overlap in time.
class LocalState;
// The last `statistics` numbers of `initial` are statistics, the others weights. `momentum`: what
// the center keeps of an outer momentum, as it begins (CenterServer::momentum); nothing: none.
std::shared_ptr<LocalState> make_local_state(std::span<const float> initial, std::size_t workers,
                                             std::size_t statistics = 0,
                                             std::span<const float> momentum = {});

class LocalCenter final : public CenterWorker {
 public:
  // `compression`: what is committed becomes what it would be behind the transport `message`.
  explicit LocalCenter(std::shared_ptr<LocalState> state,
                       const CompressionOptions& compression = {});
  ControlBoard& board() override;
  void keep(State& state) override;

 private:
  Receipt execute(Update update) override;
  bool sweeps_changes() const override { return !compressor_; }

  std::shared_ptr<LocalState> state_;
  CompressionOptions options_;
  std::optional<Compressor> compressor_;
  AlignedVector<float> arrived_;  // what compression has left of a commit
};

class LocalServer final : public CenterServer {
 public:
  explicit LocalServer(std::shared_ptr<LocalState> state);

  std::size_t size() const override;
  bool progress() override { return false; }
  double sleep_s(double) const override { return 0.0; }
  std::uint64_t snapshot(std::span<float> out) override;
  AlignedVector<float> momentum() override;
  std::uint64_t take(std::span<float> out, std::span<float> kept) override;
  std::uint64_t merge(std::span<const float> change) override;
  std::uint64_t updates() override;
  void set_updates(std::uint64_t updates) override;
  ControlBoard& board() override;

 private:
  std::shared_ptr<LocalState> state_;
};

}  // namespace tusk::center
