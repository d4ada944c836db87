// SPDX-License-Identifier: Apache-2.0
#include "tusk/training/coordinator.hpp"

#include <utility>

#include "tusk/training/run_directory.hpp"

namespace tusk::training {

Coordinator::Coordinator(Options options, const nn::Model& model, const data::Shard* validation,
                         const RunDirectory& directory, Snapshot snapshot)
    : options_(std::move(options)),
      parameter_count_(model.parameter_count()),
      snapshot_(std::move(snapshot)),
      history_(directory.file("history.h5"), options_.metric_names),
      metrics_log_(directory.file("metrics.jsonl"), options_.metric_names),
      progress_(options_.epochs, options_.samples_per_epoch),
      book_(options_.samples_per_epoch) {
  if (validation != nullptr) evaluation_.emplace(model, *validation);
}

void Coordinator::submit(Report report) {
  for (const CommitRecord& commit : report.commits) {
    history_.add(commit);
    book_.add(commit);
  }
  const std::size_t width = options_.metric_names.size();
  for (std::size_t i = 0; i < report.steps.size(); ++i) {
    const auto metrics = std::span(report.metrics).subspan(i * width, width);
    history_.add(report.steps[i], metrics);
    if (auto over = book_.add(report.steps[i], metrics)) end_epoch(std::move(*over));
  }
  if (!report.steps.empty()) {
    const StepRecord& last = report.steps.back();
    progress_.update(book_.samples(), last.loss, last.time_s);
  }
  if (report.finished) {
    ++finished_;
    time_ = time_ + report.time;
    ledger_ = ledger_ + report.ledger;
  }
}

void Coordinator::end_epoch(EpochRecord record) {
  if (!evaluation_) {
    complete(record);
    return;
  }
  Pending& pending =
      pending_.emplace_back(std::move(record), AlignedVector<float>(parameter_count_));
  snapshot_(pending.weights);
}

bool Coordinator::advance() {
  if (pending_.empty()) return false;
  if (!evaluating_) evaluation_->start(pending_.front().weights);
  evaluating_ = evaluation_->advance();
  if (!evaluating_) {
    pending_.front().record.validation = evaluation_->score();
    complete(pending_.front().record);
    pending_.pop_front();
  }
  return !pending_.empty();
}

void Coordinator::complete(const EpochRecord& record) {
  epochs_.push_back(record);
  metrics_log_.write(record, options_.learning_rate);
  history_.flush();
}

void Coordinator::close() {
  progress_.clear();
  history_.close();
}

void LocalSink::submit(Report report) {
  coordinator_.submit(std::move(report));
  while (coordinator_.advance()) {
  }
}

}  // namespace tusk::training
