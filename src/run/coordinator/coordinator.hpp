// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <deque>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "experiment/optimizer_options.hpp"
#include "net/optim/schedule.hpp"
#include "run/coordinator/callbacks.hpp"
#include "run/coordinator/progress.hpp"
#include "run/records/epoch_book.hpp"
#include "run/records/history_file.hpp"
#include "run/records/metrics_log.hpp"
#include "run/records/node_files.hpp"
#include "run/records/node_sum.hpp"
#include "run/records/report.hpp"
#include "tusk/aligned_vector.hpp"
#include "use/evaluation/evaluation.hpp"

namespace tusk::records {
class RunDirectory;
}

namespace tusk::coordinator {

// What rank 0 makes of the workers' reports: the history file, the epochs, their validation, the
// callbacks, the log of metrics and the progress line. It knows nothing of how reports arrive or
// where the model lives. Run::begin() makes it. Reports are brought to it by serve()
// (server_loop.hpp) in a run with a server, by MeetingSink among peers, by LocalSink in one
// process, and in a simulation by its VirtualSink. In a tree it gets the sums of the nodes, by
// relay::Courier; their rows are in the nodes' own files.
class Coordinator : public records::ReportSink, public records::SumSink {
 public:
  struct Options {
    std::size_t workers = 1;
    std::size_t epochs = 1;
    std::uint64_t samples_per_epoch = 0;  // N, over all workers
    std::vector<std::string> metric_names;
    std::vector<std::string> weight_names{};  // of the sums of weights; none without weights
    OptimizerOptions optimizer{};             // for the learning rate in the log of metrics
    CallbackOptions callbacks{};
    bool quiet = false;                       // no progress line
    bool goes_on = false;                     // the logs are there already; keep() will read
    std::size_t threads = 1;                  // to validate with
    std::uint64_t history_every = 1;          // records::HistoryFile::Options::every
    std::vector<records::NodePlace> nodes{};  // of a tree of several
  };
  // Copies the model as it is now.
  using Snapshot = std::function<void(std::span<float>)>;

  // `validation` may be null. `model`, `validation`, `directory` and `board`, through which the
  // callbacks reach the workers, must outlive the object.
  Coordinator(Options options, const graph::Model& model, const samples::SampleSource* validation,
              const records::RunDirectory& directory, Snapshot snapshot,
              center::ControlBoard& board);

  void submit(records::Report report) override;
  void submit(records::NodeSum sum) override;

  // Does about a millisecond of validation. Returns whether there is more to do. Where an epoch is
  // shorter than its validation, the models that wait for theirs would fill the memory: at most 16
  // of them, and 64 MiB, wait beside the one that is validated. The newest wins: the oldest that
  // waits is completed without a validation, and callbacks that watch it do not count that epoch.
  bool advance();

  bool all_finished() const { return finished_ == options_.workers; }

  // What the whole run came to; complete once all_finished() and advance() has returned false.
  std::size_t epochs() const { return epochs_; }          // completed, with their validation
  std::size_t not_validated() const { return skipped_; }  // of them, because others had to wait
  const records::EpochRecord& last_epoch() const { return last_epoch_; }
  const records::EpochBook& book() const { return book_; }
  const records::TimeSplit& time() const { return time_; }
  const records::Ledger& ledger() const { return ledger_; }
  const Callbacks& callbacks() const { return callbacks_; }

  // What a checkpoint keeps, with how much of the logs there is: reading cuts them to it. Flushes
  // the history. After reading, epochs that were still to be validated are validated from the
  // start. Error(io_error).
  void keep(State& state);

  // After keep() has read, in a run that goes on with another number of workers: none of them has
  // finished, `gone` are what those had not told that are no more (with time and ledger; what they
  // had trained but not exchanged is dropped()), and the schedules of all stand at `updates`.
  void regroup(std::vector<records::Report> gone, std::uint64_t updates);

  // What was trained and got lost with its worker.
  records::Ledger dropped() const { return regrouped_ ? regrouped_->dropped : records::Ledger{}; }

  // Closes the logs. Error(io_error) if they could not be written to their end.
  void close();

 private:
  // An epoch that is over, with the model as it was then, if that is wanted. One that waits for its
  // validation without a model is not to be validated any more.
  struct Pending {
    records::EpochRecord record;
    double learning_rate = 0.0;
    AlignedVector<float> weights;

    void keep(State& state);
  };

  void take(const records::NodeSum& sum);
  void begin_nodes();
  void end_epoch(records::EpochRecord record);
  AlignedVector<float> room_for_model();
  bool complete_skipped();
  void complete(const Pending& epoch);
  double learning_rate(const records::EpochRecord& record) const;

  Options options_;
  std::size_t parameter_count_;
  Snapshot snapshot_;
  records::Scoring scoring_;
  records::HistoryFile history_;
  records::NodeFiles node_files_;
  records::MetricsLog metrics_log_;
  Progress progress_;
  records::EpochBook book_;
  Callbacks callbacks_;
  optim::Schedule schedule_;
  std::optional<evaluation::Evaluation> evaluation_;
  std::deque<Pending> pending_;
  bool evaluating_ = false;  // pending_.front() is being validated
  std::size_t epochs_ = 0;
  std::size_t skipped_ = 0;
  records::EpochRecord last_epoch_;
  std::size_t finished_ = 0;
  records::TimeSplit time_;
  records::Ledger ledger_;

  // For a run whose number of workers has changed.
  struct Regrouped {
    std::uint64_t steps = 0;    // of all, when it last did
    std::uint64_t updates = 0;  // of each then
    records::Ledger dropped{};  // of what was trained, batches and samples
  };
  std::optional<Regrouped> regrouped_;
};

// The sink of a worker in the same process as the coordinator: validation is done before the worker
// trains on.
class LocalSink : public records::ReportSink {
 public:
  explicit LocalSink(Coordinator& coordinator) : coordinator_(coordinator) {}
  void submit(records::Report report) override;
  void submit(records::NodeSum sum);

 private:
  Coordinator& coordinator_;
};

}  // namespace tusk::coordinator
