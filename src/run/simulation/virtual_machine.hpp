// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <deque>
#include <memory>
#include <optional>
#include <span>
#include <vector>

#include "data/samples/sample_source.hpp"
#include "exchange/center/control_board.hpp"
#include "experiment/experiment.hpp"
#include "net/graph/model.hpp"
#include "run/relay/groups.hpp"
#include "run/simulation/network.hpp"
#include "run/simulation/paced_worker.hpp"
#include "run/simulation/scheduler.hpp"
#include "run/simulation/step_times.hpp"
#include "run/simulation/virtual_clock.hpp"
#include "run/simulation/virtual_gate.hpp"
#include "run/simulation/virtual_node.hpp"
#include "run/simulation/virtual_peers.hpp"
#include "run/simulation/virtual_relay.hpp"
#include "run/simulation/virtual_sink.hpp"
#include "run/worker/worker.hpp"

namespace tusk::simulation {

// The workers of each node: in a tree server.ranks_per_node − 1, without one all in one.
relay::Groups groups_of(const Experiment& experiment, std::size_t workers);

// Everything that virtual workers share, and the workers.
class VirtualMachine {
 public:
  struct Setup {
    const Experiment& experiment;
    const graph::Model& model;
    std::span<const float> initial;        // weights
    const samples::SampleSource& samples;  // of all workers
    std::shared_ptr<const samples::Augmentation> augmentation{};
    std::size_t parameters = 0;  // that the network which it stands for exchanges
    std::size_t workers = 1;
    std::size_t threads = 1;
    std::size_t stack_bytes = Scheduler::training_stack;  // of a worker's thread
    const records::RunTimes* like = nullptr;              // a run whose times are taken

    // Times alone are wanted, of workers with so many rows in all, and go there. Without threads.
    Pace* pace = nullptr;
    std::uint64_t rows = 0;
  };
  // What `setup` refers to must outlive the object.
  explicit VirtualMachine(const Setup& setup);
  ~VirtualMachine();
  VirtualMachine(const VirtualMachine&) = delete;
  VirtualMachine& operator=(const VirtualMachine&) = delete;

  // For checkpoints: when they are wanted, and what is done while all workers stand; before run().
  void on_cut(VirtualCut::Wanted wanted, VirtualCut::Take take);

  // What a checkpoint keeps of the machine, while all workers stand, and before run().
  void keep(State& state);
  std::vector<std::uint8_t> finished() const;  // by worker
  std::uint64_t steps(std::size_t worker) const;

  // Trains. Reports go to `take`, in virtual order.
  void run(TakeReport take);

  // out = the model as it is now: for `take`, and after run().
  void snapshot(std::span<float> out);
  center::ControlBoard& board() { return *boards_; }
  std::uint64_t updates();

 private:
  struct Around;
  class VirtualWorker;
  class VirtualPacedWorker;

  bool has_center() const;
  std::size_t relays() const { return groups_.count() > 1 ? groups_.count() : 0; }
  VirtualNode& node_of(std::size_t worker) { return nodes_[groups_.of(worker)]; }
  void make_nodes();
  std::unique_ptr<KeptSink> make_sink(std::size_t worker);

  Setup setup_;
  TakeReport take_;
  relay::Groups groups_;  // the workers of each node; all in one without a tree
  std::deque<VirtualNode> nodes_;
  std::optional<VirtualBoards> boards_;
  Scheduler scheduler_;
  StepTimes step_times_;
  Network network_;
  Meeting exchanges_;
  Meeting passes_;
  Gatekeeper gatekeeper_;
  VirtualCut cut_;
  std::deque<VirtualWorker> workers_;
  std::deque<VirtualPacedWorker> paced_workers_;  // in their place, for times alone
  std::optional<VirtualTree> tree_;               // if there are several nodes
};

}  // namespace tusk::simulation
