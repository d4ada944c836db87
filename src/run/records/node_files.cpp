// SPDX-License-Identifier: Apache-2.0
#include "run/records/node_files.hpp"

#include <utility>

#include "core/log.hpp"
#include "tusk/error.hpp"

namespace tusk::records {

std::vector<NodeRecord> NodeFiles::begin(const std::vector<NodePlace>& nodes, std::uint64_t steps) {
  first_ = files_.size();
  std::vector<NodeRecord> records;
  for (std::size_t node = 0; node < nodes.size(); ++node) {
    records.push_back({.file = static_cast<std::uint32_t>(files_.size()),
                       .node = static_cast<std::uint32_t>(node),
                       .first_worker = static_cast<std::uint32_t>(nodes[node].first),
                       .workers = static_cast<std::uint32_t>(nodes[node].workers),
                       .from_step = steps});
    files_.push_back({.record = records.back(), .rows = {}});
  }
  return records;
}

std::vector<NodeSum> NodeFiles::end(std::vector<Report>& reports, const Scoring& scoring) {
  std::vector<NodeSum> sums;
  for (std::uint64_t number = first_; number < files_.size(); ++number) {
    File& file = files_[number];
    const std::string path = (directory_ / node_history(number)).string();
    NodeSum& sum = sums.emplace_back(NodeSum{.file = number});
    HistoryFile history(path, metrics_, {.goes_on = true, .every = file.rows.every});
    history.cut(file.rows);
    std::erase_if(reports, [&](const Report& report) {
      const std::uint32_t first = file.record.first_worker;
      if (report.worker < first || report.worker - first >= file.record.workers) return false;
      WorkerTrail trail{.pass = report.steps.empty() ? 1U : report.steps.front().epoch};
      add_report(sum, report, scoring, history, trail);
      return true;
    });
    file.rows = history.rows();
    try {
      history.close();
    } catch (const Error& error) {
      warning("{}; records are missing from it", error.what());
    }
  }
  first_ = files_.size();
  return sums;
}

void NodeFiles::keep(State& state) {
  state("files", files_);
  state("first", first_);
}

}  // namespace tusk::records
