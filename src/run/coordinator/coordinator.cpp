// SPDX-License-Identifier: Apache-2.0
#include "run/coordinator/coordinator.hpp"

#include <algorithm>
#include <utility>
#include <vector>

#include "core/log.hpp"
#include "core/score.hpp"
#include "run/records/run_directory.hpp"
#include "tusk/error.hpp"

namespace tusk::coordinator {
namespace {

// Models that wait for their validation.
constexpr std::size_t most_waiting = 16;
constexpr std::size_t most_waiting_bytes = 64ULL << 20;

}  // namespace

Coordinator::Coordinator(Options options, const graph::Model& model,
                         const samples::SampleSource* validation,
                         const records::RunDirectory& directory, Snapshot snapshot,
                         center::ControlBoard& board)
    : options_(std::move(options)),
      parameter_count_(model.parameter_count()),
      snapshot_(std::move(snapshot)),
      scoring_{.metrics = options_.metric_names.size(),
               .outputs = model.outputs().size(),
               .weighing = model.weighing()},
      history_(directory.file("history.h5"), options_.metric_names,
               {.goes_on = options_.goes_on,
                .every = options_.history_every,
                .layout = options_.nodes.empty() ? records::HistoryFile::Layout::of_workers
                                                 : records::HistoryFile::Layout::of_tree}),
      node_files_(directory.path(), options_.metric_names),
      metrics_log_(directory.file("metrics.jsonl"), options_.metric_names, options_.weight_names,
                   options_.goes_on),
      progress_(options_.epochs, options_.samples_per_epoch),
      book_(options_.samples_per_epoch),
      callbacks_(options_.callbacks, options_.metric_names, validation != nullptr,
                 options_.optimizer.learning_rate, board),
      schedule_(options_.optimizer) {
  if (validation != nullptr) evaluation_.emplace(model, *validation, options_.threads);
  if (!options_.goes_on) begin_nodes();
}

void Coordinator::begin_nodes() {
  for (const records::NodeRecord& node : node_files_.begin(options_.nodes, book_.steps())) {
    history_.add(node);
  }
  history_.flush();
}

void Coordinator::submit(records::Report report) {
  if (!options_.nodes.empty()) {  // of a worker that was in no tree, before this one
    records::WorkerTrail trail{.pass = report.steps.empty() ? 1U : report.steps.front().epoch};
    records::NodeSum sum;
    add_report(sum, report, scoring_, history_, trail);
    return take(sum);
  }
  record_exchanges(report, history_);
  for (const records::CommitRecord& commit : report.commits) book_.add(commit);
  record_steps(report, scoring_, history_,
               [this](const records::StepRecord& step, const BatchScore& score) {
                 if (auto over = book_.add(step, score)) end_epoch(std::move(*over));
               });
  if (!report.steps.empty() && !options_.quiet) {
    const records::StepRecord& last = report.steps.back();
    progress_.update(book_.samples(), last.loss, last.time_s);
  }
  history_.flush_in_time();
  if (report.finished) {
    ++finished_;
    time_ = time_ + report.time;
    ledger_ = ledger_ + report.ledger;
  }
}

void Coordinator::submit(records::NodeSum sum) {
  for (const records::MergeRecord& merge : sum.merges) history_.add(merge);
  if (sum.tells()) history_.add(sum.record());
  history_.flush_in_time();
  if (!sum.places.empty()) node_files_.note(sum.file, sum.rows);
  take(sum);
}

void Coordinator::take(const records::NodeSum& sum) {
  book_.add(sum);
  while (auto over = book_.end_epoch()) end_epoch(std::move(*over));
  if (sum.samples > 0 && !options_.quiet) {
    progress_.update(book_.samples(), sum.record().loss, sum.time_s);
  }
  finished_ += sum.finished;
  time_ = time_ + sum.time;
  ledger_ = ledger_ + sum.ledger;
}

void Coordinator::end_epoch(records::EpochRecord record) {
  Pending epoch{std::move(record), 0.0, {}};
  epoch.learning_rate = learning_rate(epoch.record);
  if (evaluation_ || callbacks_.wants_weights()) {
    epoch.weights = room_for_model();
    snapshot_(epoch.weights);
  }
  callbacks_.on_epoch(epoch.record, epoch.weights);
  if (evaluation_) {
    pending_.push_back(std::move(epoch));
  } else {
    complete(epoch);
  }
}

// Where too many models wait for their validation, that of the oldest, which goes without one.
AlignedVector<float> Coordinator::room_for_model() {
  const std::size_t most = std::clamp<std::size_t>(
      most_waiting_bytes / (std::max<std::size_t>(parameter_count_, 1) * sizeof(float)), 1,
      most_waiting);
  const auto first = pending_.begin() + (evaluating_ ? 1 : 0);
  const auto waits = [](const Pending& epoch) { return !epoch.weights.empty(); };
  if (static_cast<std::size_t>(std::count_if(first, pending_.end(), waits)) < most) {
    return AlignedVector<float>(parameter_count_);
  }
  Pending& oldest = *std::find_if(first, pending_.end(), waits);
  if (++skipped_ == 1) {
    warning(
        "validation takes longer than an epoch: epoch {} is not validated, and the same will "
        "happen to others; metrics.jsonl has no val_ scores for them",
        oldest.record.epoch);
  }
  return std::exchange(oldest.weights, {});
}

// Completes what is next and not to be validated. Returns whether there is more to do.
bool Coordinator::complete_skipped() {
  while (!pending_.empty() && pending_.front().weights.empty()) {
    complete(pending_.front());
    pending_.pop_front();
  }
  return !pending_.empty();
}

bool Coordinator::advance() {
  if (!evaluating_ && !complete_skipped()) return false;
  if (!evaluating_) evaluation_->start(pending_.front().weights);
  evaluating_ = evaluation_->advance();
  if (!evaluating_) {
    pending_.front().record.validation = evaluation_->score();
    complete(pending_.front());
    pending_.pop_front();
  }
  return !pending_.empty();
}

void Coordinator::complete(const Pending& epoch) {
  ++epochs_;
  last_epoch_ = epoch.record;
  metrics_log_.write(epoch.record, epoch.learning_rate);
  if (!options_.quiet) progress_.epoch(epoch.record, options_.metric_names);
  callbacks_.on_completion(epoch.record, epoch.weights);
}

// The learning rate of a worker that has come as far as the workers have on average.
double Coordinator::learning_rate(const records::EpochRecord& record) const {
  const Regrouped since = regrouped_.value_or(Regrouped{});
  const std::uint64_t steps = record.steps - std::min(record.steps, since.steps);
  return schedule_.at(since.updates + steps / options_.workers) * callbacks_.learning_rate_scale();
}

void Coordinator::Pending::keep(State& state) {
  state("record", record);
  state("learning_rate", learning_rate);
  state("weights", weights);
}

void Coordinator::keep(State& state) {
  state("history", history_);
  state("node_files", node_files_);
  state("metrics_log", metrics_log_);
  state("book", book_);
  state("callbacks", callbacks_);
  const auto keep_one = [](State& part, auto& object) { part("epoch", object); };
  state.list("pending", pending_, keep_one);
  state("epochs", epochs_);
  state("not_validated", skipped_);
  state("last_epoch", last_epoch_);
  state("finished", finished_);
  state("time", time_);
  state("ledger", ledger_);
  if (regrouped_ || (state.reading() && state.has("regrouped"))) state("regrouped", regrouped_);
  if (!state.reading()) return;
  evaluating_ = false;
  if (!evaluation_ && !pending_.empty()) {
    fail(ExitCode::bad_data, "the checkpoint has an epoch to validate, but the run does not");
  }
}

void Coordinator::regroup(std::vector<records::Report> gone, std::uint64_t updates) {
  finished_ = 0;
  Regrouped now = regrouped_.value_or(Regrouped{});
  for (records::Report& report : gone) {
    records::Ledger& ledger = report.ledger;
    now.dropped.batches_trained += ledger.batches_trained - ledger.batches_committed;
    now.dropped.samples_trained += ledger.samples_trained - ledger.samples_committed;
    time_ = time_ + report.time;
    ledger_ = ledger_ + ledger;
    report.finished = false;
  }
  for (const records::NodeSum& sum : node_files_.end(gone, scoring_)) {
    if (sum.tells()) history_.add(sum.record());
    take(sum);
  }
  for (records::Report& report : gone) submit(std::move(report));
  begin_nodes();
  now.steps = book_.steps();
  now.updates = updates;
  regrouped_ = now;
}

void Coordinator::close() {
  progress_.clear();
  history_.close();
  metrics_log_.close();
}

void LocalSink::submit(records::Report report) {
  coordinator_.submit(std::move(report));
  while (coordinator_.advance()) {
  }
}

void LocalSink::submit(records::NodeSum sum) {
  coordinator_.submit(std::move(sum));
  while (coordinator_.advance()) {
  }
}

}  // namespace tusk::coordinator
