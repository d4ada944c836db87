// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <fstream>
#include <optional>
#include <string>

#include "tusk/training/epoch_book.hpp"
#include "tusk/training/summary.hpp"

namespace tusk::cli {

// What came of a simulation with so many workers.
struct SimulationRow {
  std::size_t workers = 1;
  double elapsed_s = 0.0;  // virtual
  training::Staleness staleness;
  std::optional<training::Summary> summary{};  // none if only times were projected
};

// The table that `tusk simulate` prints, row by row as they come, and its copy as a CSV file.
class SimulationTable {
 public:
  // `csv` may be empty: no file. Error(cannot_create).
  SimulationTable(std::string name, const std::string& csv);

  // For the speed-up; first of all.
  void set_time_of_one_worker(double time_s) { one_worker_s_ = time_s; }

  std::string header() const;
  std::string add(const SimulationRow& row);  // Error(io_error)

 private:
  void add_to_csv(const SimulationRow& row, double speed_up);

  std::string name_;
  std::string path_;
  std::ofstream csv_;
  bool csv_begun_ = false;
  double one_worker_s_ = 0.0;
};

}  // namespace tusk::cli
