// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <cstdio>
#include <string>

namespace tusk::coordinator {

// Shows how far a training has come, on stderr: a bar that redraws itself on a terminal; elsewhere
// one plain line at most every ten seconds, without carriage returns.
class Progress {
 public:
  Progress(std::size_t epochs, std::uint64_t samples_per_epoch, std::FILE* out = stderr);
  ~Progress();
  Progress(const Progress&) = delete;
  Progress& operator=(const Progress&) = delete;

  // Cheap: decides by `time_s` whether anything is due.
  void update(std::uint64_t samples, double loss, double time_s);

  // Takes the bar off the terminal, so that other lines can be printed.
  void clear();

 private:
  std::string line(std::uint64_t samples, double loss, double time_s) const;

  std::size_t epochs_;
  std::uint64_t samples_per_epoch_;
  std::FILE* out_;
  bool terminal_;
  bool drawn_ = false;
  double next_s_;
};

}  // namespace tusk::coordinator
