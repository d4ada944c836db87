// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <vector>

#include "run/records/report.hpp"
#include "run/simulation/node_memory.hpp"
#include "run/simulation/virtual_center.hpp"
#include "run/simulation/virtual_shards.hpp"
#include "run/simulation/virtual_sink.hpp"

namespace tusk::simulation {

// A node of the virtual machine: its center, the memory that its workers share, and what its relay
// has still to tell. A machine without a tree is one node.
struct VirtualNode {
  VirtualNode(VirtualShards center, const SimulateOptions& options, std::size_t size)
      : shards(std::move(center)), workers(size) {
    if (options.memory_bandwidth) {
      sweeps.emplace(*options.memory_bandwidth, options.bandwidth, options.exchanges_at_once);
    }
  }

  NodeMemory* memory() { return sweeps ? &*sweeps : nullptr; }
  std::size_t unfinished() {
    return workers - static_cast<std::size_t>(shards.board().load(center::Cell::ended));
  }

  // What a checkpoint keeps. Reports are there in a tree alone.
  void keep(State& state, bool in_tree) {
    state("shards", shards);
    if (sweeps) state("memory", *sweeps);
    if (!in_tree) return;
    state.list("reports", reports,
               [](State& part, records::Report& report) { part("report", report); });
  }

  VirtualShards shards;
  std::size_t workers;
  std::optional<NodeMemory> sweeps{};
  Bell bell{};
  std::vector<records::Report> reports{};  // that no exchange of the relay has carried yet
};

// Where rank 0's orders go, in a tree: to every node's board. What is read, or claimed by adding,
// is the first one's.
class VirtualBoards final : public center::ControlBoard {
 public:
  VirtualBoards(std::vector<center::ControlBoard*> boards, std::size_t workers)
      : ControlBoard(workers), boards_(std::move(boards)) {}

  void read(center::Cell first, std::span<std::int64_t> values) override {
    boards_.front()->read(first, values);
  }
  void store(center::Cell cell, std::int64_t value) override {
    for (center::ControlBoard* board : boards_) board->store(cell, value);
  }
  std::int64_t fetch_add(center::Cell cell, std::int64_t value) override {
    return boards_.front()->fetch_add(cell, value);
  }

 private:
  std::vector<center::ControlBoard*> boards_;
};

}  // namespace tusk::simulation
