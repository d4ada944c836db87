// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <cstdio>
#include <span>
#include <string>

#include "run/records/epoch_book.hpp"

namespace tusk::coordinator {

// Shows how far a training has come, on stderr: a line an epoch with its scores; between them a bar
// that redraws itself on a terminal, elsewhere one plain line at most every ten seconds, without
// carriage returns.
class Progress {
 public:
  Progress(std::size_t epochs, std::uint64_t samples_per_epoch, std::FILE* out = stderr);
  ~Progress();
  Progress(const Progress&) = delete;
  Progress& operator=(const Progress&) = delete;

  // Cheap: decides by `time_s` whether anything is due.
  void update(std::uint64_t samples, double loss, double time_s);

  // A line of an epoch that is over, with its scores, the validation's among them, and the time
  // left. Epochs of less than a second do without, but for one in each second and the last.
  void epoch(const records::EpochRecord& record, std::span<const std::string> metric_names);

  // Takes the bar off the terminal, so that other lines can be printed.
  void clear();

 private:
  std::string line(std::uint64_t samples, double loss, double time_s) const;
  double left_s(std::uint64_t samples, double time_s) const;

  std::size_t epochs_;
  std::uint64_t samples_per_epoch_;
  std::FILE* out_;
  bool terminal_;
  bool drawn_ = false;
  double next_s_;
  double next_epoch_s_ = 0.0;
};

}  // namespace tusk::coordinator
