// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <utility>
#include <vector>

#include "run/records/history_file.hpp"
#include "run/records/node_sum.hpp"
#include "run/records/report.hpp"
#include "tusk/state.hpp"

namespace tusk::records {

// What a node of a tree keeps of its workers' reports: every record in its history, and for rank 0
// their sum. A node's relay has one; a simulation one for each virtual node.
class NodeBook final : public ReportSink {
 public:
  // Of workers `first` to `first` + `places.size()` − 1, where they stand; `history` is that of
  // this file's number. `goes_on`: keep() will read.
  struct Setup {
    std::uint64_t file = 0;
    std::uint64_t node = 0;
    std::size_t first = 0;
    std::vector<WorkerPlace> places;
    Scoring scoring;
  };
  NodeBook(Setup setup, HistoryFile history)
      : setup_(std::move(setup)),
        history_(std::move(history)),
        trails_(setup_.places.size()),
        sum_(nothing()) {}

  // A report of one of the workers, and no notice.
  void submit(Report report) override;

  // An exchange of the relay, for the history alone.
  void add(const MergeRecord& exchange) { history_.add(exchange); }

  // A worker stands at its gate for a checkpoint, after so many steps.
  void stand(std::size_t worker, std::uint64_t steps) { place(worker).steps = steps; }

  // What has been submitted since the last time.
  NodeSum take() { return std::exchange(sum_, nothing()); }
  NodeSum nothing() const { return {.file = setup_.file, .node = setup_.node}; }

  std::size_t workers() const { return setup_.places.size(); }
  std::size_t finished() const;
  std::span<const WorkerPlace> places() const { return setup_.places; }
  HistoryFile& history() { return history_; }

  // What a checkpoint keeps, where nothing is to be taken: how long the history is.
  void keep(State& state);

 private:
  WorkerPlace& place(std::size_t worker) { return setup_.places.at(worker - setup_.first); }

  Setup setup_;
  HistoryFile history_;
  std::vector<WorkerTrail> trails_;  // by worker
  NodeSum sum_;
};

}  // namespace tusk::records
