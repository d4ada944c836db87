// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstdint>

#include "tusk/nn/score.hpp"
#include "tusk/training/report.hpp"

namespace tusk::training {

// A worker's notebook: collects what the worker does and submits it to rank 0 now and then. It also
// keeps the ledger: a batch is trained when its step is recorded and committed when the next commit
// is.
class Reporter {
 public:
  using Clock = std::chrono::steady_clock;

  // `start`: the moment that all time stamps count from. `exchanges`: false for rules without a
  // center, where what is trained is in the model at once.
  Reporter(std::uint32_t worker, std::size_t metrics, bool exchanges, ReportSink& sink,
           Clock::time_point start);

  double elapsed_s() const;

  void step(std::uint32_t epoch, const nn::BatchScore& score);
  void commit(std::uint64_t ticket, std::uint64_t staleness);

  // Adds to the time split: reporter.time().read += …
  TimeSplit& time() { return report_.time; }
  const Ledger& ledger() const { return report_.ledger; }

  // Called right after an exchange: submits if a tenth of a second has passed or much has piled up.
  void submit_if_due();
  void submit();
  void finish();  // the last report

 private:
  void all_committed();

  std::size_t metrics_;
  bool exchanges_;
  ReportSink& sink_;
  Clock::time_point start_;
  Report report_;  // records since the last submission; time and ledger since the start
  std::uint64_t steps_ = 0;
  double last_submission_s_ = 0.0;
};

// Adds the time of its life to `seconds`.
class Stopwatch {
 public:
  explicit Stopwatch(double& seconds) : seconds_(seconds), start_(Reporter::Clock::now()) {}
  ~Stopwatch() {
    seconds_ += std::chrono::duration<double>(Reporter::Clock::now() - start_).count();
  }
  Stopwatch(const Stopwatch&) = delete;
  Stopwatch& operator=(const Stopwatch&) = delete;

 private:
  double& seconds_;
  Reporter::Clock::time_point start_;
};

}  // namespace tusk::training
