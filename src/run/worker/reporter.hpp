// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>

#include "core/score.hpp"
#include "exchange/center/update.hpp"
#include "run/records/report.hpp"
#include "run/worker/clock.hpp"
#include "run/worker/divergence.hpp"
#include "tusk/center.hpp"
#include "tusk/state.hpp"

namespace tusk::worker {

// Collects what a worker does and submits it to rank 0 now and then, through a ReportSink. It also
// keeps the ledger: a batch is trained when its step is recorded and committed when the next commit
// is.
class Reporter {
 public:
  // `outputs` of the model. `exchanges`: false for rules without a center, where what is trained is
  // in the model at once. `sink` and `clock` must outlive the object.
  Reporter(std::uint32_t worker, std::size_t metrics, std::size_t outputs, bool exchanges,
           records::ReportSink& sink, const Clock& clock);

  // A step of `epoch`. Besides it `record` has what the worker alone knows: the partition and the
  // learning rate.
  void step(records::StepRecord record, const BatchScore& score);
  void commit_begins();  // if other steps are recorded before commit() says that it has been done
  // `others`: what shards 1, 2, … of the center have given it, if there are any.
  void commit(const center::Update& update, const center::Commit& commit,
              std::span<const center::Commit> others = {});
  void pull(const center::Commit& pulled, std::span<const center::Commit> others = {});
  void exchanged();  // a commit without a ticket: among peers

  Position position() const { return {report_.worker, epoch_, steps_}; }  // of the last step

  // Adds to the time split: reporter.time().read += …
  records::TimeSplit& time() { return report_.time; }
  const records::TimeSplit& time() const { return report_.time; }
  const Clock& clock() const { return clock_; }
  const records::Ledger& ledger() const { return report_.ledger; }

  // Called right after an exchange: submits if a tenth of a second has passed or much has piled up.
  // While a commit is under way, the steps that are not yet committed are kept back.
  void submit_if_due();
  void submit();
  void end_pass();  // submits all of a pass
  void finish();    // the last report, with the number of the last step as its amount

  // So many steps of a worker of this number have been before: for one that joins others.
  void begin_at(std::uint64_t steps) { steps_ = steps; }

  // What a checkpoint keeps, where no commit is under way: the ledger, the time split, and what has
  // not been submitted.
  void keep(State& state);

 private:
  std::size_t kept_back() const;

  std::size_t metrics_;
  std::size_t outputs_;
  bool exchanges_;
  records::ReportSink& sink_;
  const Clock& clock_;
  records::Report report_;  // records since the last submission; time and ledger since the start
  std::optional<records::Ledger> under_way_;  // as it was when the commit under way began
  std::uint32_t epoch_ = 0;                   // of the last step
  std::uint64_t steps_ = 0;
  double last_submission_s_ = 0.0;
};

}  // namespace tusk::worker
