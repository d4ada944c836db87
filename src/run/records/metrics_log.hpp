// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include "run/records/epoch_book.hpp"
#include "tusk/state.hpp"

namespace tusk::records {

// metrics.jsonl: one line with a JSON object for every epoch, which reaches the file at once.
class MetricsLog {
 public:
  // `weight_names`: of the sums of the samples' weights, which each line has, too. `goes_on`: the
  // file is there, and keep() will read. Error(cannot_create).
  MetricsLog(std::filesystem::path path, std::vector<std::string> metric_names,
             std::vector<std::string> weight_names, bool goes_on = false);

  // What a checkpoint keeps: how long the file is. Reading cuts it to that, and warns if it is
  // shorter.
  void keep(State& state);

  // A run outlives its log: where it cannot be written, a warning says so, and nothing more is.
  void write(const EpochRecord& record, double learning_rate);

  void close();  // Error(io_error) if something could not be written

 private:
  bool failed_ = false;
  std::filesystem::path path_;
  std::vector<std::string> metric_names_;
  std::vector<std::string> weight_names_;
  std::ofstream out_;
};

}  // namespace tusk::records
