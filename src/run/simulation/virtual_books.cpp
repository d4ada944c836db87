// SPDX-License-Identifier: Apache-2.0
#include "run/simulation/virtual_books.hpp"

#include <algorithm>
#include <utility>

#include "run/training/center_parts.hpp"

namespace tusk::simulation {
namespace {

constexpr double between_sums_s = 1.0;

}  // namespace

VirtualBooks::VirtualBooks(const training::Run& run, coordinator::LocalSink& coordinator,
                           const records::EpochBook& epochs)
    : coordinator_(coordinator), epochs_(epochs) {
  const training::Assembly& assembly = run.assembly();
  for (const records::NodePlace& place :
       training::node_places(assembly.experiment, assembly.roles)) {
    const std::uint64_t number = nodes_.size();
    const std::uint64_t file = run.first_node_file() + number;
    records::NodeBook book({.file = file,
                            .node = number,
                            .first = place.first,
                            .places = std::vector<records::WorkerPlace>(place.workers),
                            .scoring = training::scoring_of(assembly.model)},
                           run.open_node_history(file));
    records::NodeSum nothing = book.nothing();
    nodes_.push_back({std::move(book), std::move(nothing), place.first});
  }
}

VirtualBooks::Node& VirtualBooks::node_of(std::size_t worker) {
  const auto behind = std::ranges::upper_bound(nodes_, worker, {}, &Node::first);
  return *(behind - 1);
}

void VirtualBooks::take(records::Report report) {
  if (report.merges.empty()) return node_of(report.worker).book.submit(std::move(report));
  const records::MergeRecord& exchange = report.merges.front();
  Node& node = nodes_.at(exchange.relay);
  node.book.add(exchange);
  node.carried += node.book.take();
  node.carried.merges.push_back(exchange);
  std::uint64_t untold = 0;
  for (const Node& each : nodes_) untold += each.carried.samples;
  if (untold >= epochs_.samples_to_go()) {
    for (Node& each : nodes_) tell(each);
  } else if (exchange.time_s - node.told_s >= between_sums_s) {
    node.told_s = exchange.time_s;
    tell(node);
  }
}

void VirtualBooks::tell(Node& node) {
  coordinator_.submit(std::exchange(node.carried, node.book.nothing()));
}

void VirtualBooks::tell_all() {
  for (Node& node : nodes_) {
    node.carried += node.book.take();
    tell(node);
  }
}

void VirtualBooks::keep(State& state) {
  for (Node& node : nodes_) {
    state("book", node.book);
    state("told_s", node.told_s);
  }
}

std::vector<records::HistoryFile> VirtualBooks::take_histories() {
  std::vector<records::HistoryFile> histories;
  for (Node& node : nodes_) histories.push_back(std::move(node.book.history()));
  return histories;
}

}  // namespace tusk::simulation
