// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "run/records/history_file.hpp"
#include "run/records/node_sum.hpp"
#include "run/records/report.hpp"
#include "tusk/state.hpp"

namespace tusk::records {

// The workers of a node.
struct NodePlace {
  std::size_t first = 0;
  std::size_t workers = 0;
};

// Rank 0's knowledge of the histories of a tree's nodes: which file is whose, and how long each was
// at the last checkpoint. Files are numbered from 0, in the order of the nodes. A run that goes on
// with other nodes begins new files behind those that there are, so that each is of one center.
class NodeFiles {
 public:
  // `run_directory`: where they are. `metrics`: as HistoryFile's.
  NodeFiles(std::filesystem::path run_directory, std::vector<std::string> metrics)
      : directory_(std::move(run_directory)), metrics_(std::move(metrics)) {}

  std::size_t count() const { return files_.size(); }

  // Nodes begin, when all workers together have trained so many steps; returns what the index
  // (history.h5) is to have of them.
  std::vector<NodeRecord> begin(const std::vector<NodePlace>& nodes, std::uint64_t steps);

  // How long a file is, at the cut of a checkpoint.
  void note(std::uint64_t file, const HistoryRows& rows) { files_.at(file).rows = rows; }

  // The nodes of the checkpoint that the run goes on from are no more: cuts their files to it and,
  // behind that, writes what their workers had still to report. Returns the sum of each file; those
  // of workers that were in no tree are left in `reports`. What cannot be written is a warning; a
  // file that cannot be opened, or cut, is HistoryFile's Error.
  std::vector<NodeSum> end(std::vector<Report>& reports, const Scoring& scoring);

  // What a checkpoint keeps.
  void keep(State& state);

 private:
  struct File {
    NodeRecord record;
    HistoryRows rows;
  };

  std::filesystem::path directory_;
  std::vector<std::string> metrics_;
  std::vector<File> files_;
  std::uint64_t first_ = 0;  // file of the nodes that are; those before it are no more
};

}  // namespace tusk::records
