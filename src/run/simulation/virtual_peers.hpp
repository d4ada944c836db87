// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <functional>
#include <vector>

#include "run/simulation/network.hpp"
#include "run/simulation/scheduler.hpp"
#include "tusk/peers.hpp"

namespace tusk::simulation {

// Where all virtual workers meet: the last one to come does something for all of them, and then all
// go on at the same time.
class Meeting {
 public:
  // `first`: the first of them in the scheduler.
  Meeting(Scheduler& scheduler, std::size_t workers, std::size_t first = 0)
      : scheduler_(scheduler), offers_(workers), first_(first) {}

  std::size_t workers() const { return offers_.size(); }

  // `offer` is what the worker brings: it lives until the call returns. `conclude` is called by the
  // last worker with everyone's, by index; it takes `cost_s` of everyone's time.
  using Conclude = std::function<void(const std::vector<void*>& offers)>;
  void meet(std::size_t worker, void* offer, double cost_s, const Conclude& conclude);

 private:
  Scheduler& scheduler_;
  std::vector<void*> offers_;
  std::size_t first_;
  std::size_t present_ = 0;
};

// The other workers of a virtual one. Sums are added up in the order of the workers' indices.
class VirtualPeers final : public center::Peers {
 public:
  VirtualPeers(Meeting& meeting, std::size_t worker, const Network& network)
      : meeting_(meeting), worker_(worker), network_(network) {}

  std::size_t count() const override { return meeting_.workers(); }
  std::size_t index() const override { return worker_; }
  void sum(std::span<float> values) override;
  void sum(std::span<double> values) override;
  std::uint64_t max(std::uint64_t value) override;

 private:
  template <typename T>
  void sum_up(std::span<T> values, double cost_s);

  Meeting& meeting_;
  std::size_t worker_;
  const Network& network_;
};

}  // namespace tusk::simulation
