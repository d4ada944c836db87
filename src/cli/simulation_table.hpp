// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <fstream>
#include <optional>
#include <string>

#include "run/records/epoch_book.hpp"
#include "run/records/summary.hpp"

namespace tusk::cli {

// The result of a simulation with so many workers.
struct SimulationRow {
  std::size_t workers = 1;
  double elapsed_s = 0.0;     // virtual
  std::uint64_t samples = 0;  // trained: fewer than all epochs' if a callback stopped the run
  records::Staleness staleness;
  std::optional<records::Summary> summary{};  // none if only times were projected
};

// The table that `tusk simulate` prints, row by row as they come, and its copy as a CSV file.
class SimulationTable {
 public:
  // `csv` may be empty: no file. One that exists is replaced, with the first row, if `overwrite`.
  // `one_worker`: what the speed-up is over, for as many samples. Error(cannot_create).
  SimulationTable(std::string name, std::string csv, bool overwrite,
                  const SimulationRow& one_worker);

  std::string header() const;
  std::string add(const SimulationRow& row);  // Error(cannot_create), Error(io_error)

 private:
  void begin_csv(const SimulationRow& row);
  void add_to_csv(const SimulationRow& row, double speed_up);

  std::string name_;
  std::string path_;
  std::ofstream csv_;
  double s_per_sample_;  // of one worker
};

}  // namespace tusk::cli
