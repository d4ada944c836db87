// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <deque>
#include <memory>
#include <optional>
#include <span>

#include "tusk/center/control_board.hpp"
#include "tusk/data/shard.hpp"
#include "tusk/experiment/experiment.hpp"
#include "tusk/nn/model.hpp"
#include "tusk/simulation/network.hpp"
#include "tusk/simulation/scheduler.hpp"
#include "tusk/simulation/step_times.hpp"
#include "tusk/simulation/virtual_clock.hpp"
#include "tusk/simulation/virtual_gate.hpp"
#include "tusk/simulation/virtual_peers.hpp"
#include "tusk/simulation/virtual_sink.hpp"
#include "tusk/training/workplace.hpp"
#include "virtual_shards.hpp"

namespace tusk::simulation {

// Everything that virtual workers share, and the workers.
class VirtualMachine {
 public:
  struct Setup {
    const Experiment& experiment;
    const nn::Model& model;
    std::span<const float> initial;     // weights
    const data::SampleSource& samples;  // of all workers
    std::size_t parameters = 0;         // that the model stands for
    std::size_t workers = 1;
    std::size_t threads = 1;
    std::size_t stack_bytes = Scheduler::training_stack;  // of a worker's thread
  };
  // What `setup` refers to must outlive the object.
  explicit VirtualMachine(const Setup& setup);
  ~VirtualMachine();
  VirtualMachine(const VirtualMachine&) = delete;
  VirtualMachine& operator=(const VirtualMachine&) = delete;

  // Trains. Reports go to `take`, in virtual order.
  void run(TakeReport take);

  // out = the model as it is now: for `take`, and after run().
  void snapshot(std::span<float> out);
  center::ControlBoard& board() { return shards_.board(); }
  std::uint64_t updates();

 private:
  class Post;

  bool has_center() const;
  std::unique_ptr<training::ReportSink> make_sink(std::size_t worker);

  Setup setup_;
  TakeReport take_;
  VirtualShards shards_;
  Scheduler scheduler_;
  StepTimes step_times_;
  Network network_;
  Meeting exchanges_;
  Meeting passes_;
  Gatekeeper gatekeeper_;
  std::deque<Post> posts_;
};

}  // namespace tusk::simulation
