// SPDX-License-Identifier: Apache-2.0
#include "run/coordinator/callbacks.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>
#include <utility>

#include "core/log.hpp"
#include "core/score_names.hpp"
#include "exchange/center/control_board.hpp"
#include "tusk/error.hpp"

namespace tusk::coordinator {
namespace {

// All scores of an epoch by name.
std::vector<std::pair<std::string, double>> scores(const records::EpochRecord& record,
                                                   std::span<const std::string> metric_names) {
  auto all = named_values(record.train, metric_names, "");
  if (record.validation) {
    const auto more = named_values(*record.validation, metric_names, "val_");
    all.insert(all.end(), more.begin(), more.end());
  }
  return all;
}

}  // namespace

void check_callbacks(const CallbackOptions& options, std::span<const std::string> metric_names,
                     bool validates) {
  records::EpochRecord record;
  if (validates) record.validation.emplace();
  const auto known = scores(record, metric_names);
  const auto check = [&](const char* callback, const std::string& name) {
    if (std::ranges::any_of(known, [&](const auto& score) { return score.first == name; })) return;
    std::vector<std::string> names;
    for (const auto& score : known) names.push_back(score.first);
    fail(ExitCode::bad_experiment,
         "callbacks.{}.monitor = \"{}\" is not a score of this run, which has {}{}", callback, name,
         fmt::join(names, ", "), validates ? "" : " (and val_… with data.validation_split)");
  };
  if (options.early_stopping) check("early_stopping", options.early_stopping->monitor);
  if (options.reduce_lr_on_plateau) {
    check("reduce_lr_on_plateau", options.reduce_lr_on_plateau->monitor);
  }
  if (options.target_metric) check("target_metric", options.target_metric->monitor);
}

Callbacks::Callbacks(const CallbackOptions& options, std::vector<std::string> metric_names,
                     bool validates, double learning_rate, center::ControlBoard& board)
    : options_(options),
      metric_names_(std::move(metric_names)),
      validates_(validates),
      learning_rate_(learning_rate),
      board_(board) {
  check_callbacks(options_, metric_names_, validates_);
  const auto plateau = [](const auto& o) {
    return Plateau(larger_is_better(o.monitor), o.min_delta, o.patience);
  };
  if (options_.early_stopping) stopping_ = plateau(*options_.early_stopping);
  if (options_.reduce_lr_on_plateau) reducing_ = plateau(*options_.reduce_lr_on_plateau);
}

bool Callbacks::wants_weights() const {
  return options_.early_stopping && options_.early_stopping->restore_best_weights;
}

void Callbacks::on_epoch(const records::EpochRecord& record, std::span<const float> weights) {
  act(record, weights, Scores::of_training);
}

void Callbacks::on_completion(const records::EpochRecord& record, std::span<const float> weights) {
  if (best_ && best_->record.epoch == record.epoch) best_->record.validation = record.validation;
  if (options_.terminate_on_nan) check_finite(record);
  if (record.validation) act(record, weights, Scores::of_validation);
}

void Callbacks::act(const records::EpochRecord& record, std::span<const float> weights,
                    Scores scores) {
  if (stopped()) return;
  if (stopping_ && watches(scores, options_.early_stopping->monitor)) stop_early(record, weights);
  if (reducing_ && watches(scores, options_.reduce_lr_on_plateau->monitor)) {
    reduce_learning_rate(record);
  }
  stop_at_targets(record, scores);
}

bool Callbacks::watches(Scores scores, const std::string& name) const {
  const bool of_training = name == "loss" || std::ranges::count(metric_names_, name) > 0;
  return of_training == (scores == Scores::of_training);
}

double Callbacks::score(const records::EpochRecord& record, const std::string& name) const {
  for (const auto& [key, value] : scores(record, metric_names_)) {
    if (key == name) return value;
  }
  fail(ExitCode::internal, "no score '{}'", name);
}

void Callbacks::check_finite(const records::EpochRecord& record) const {
  for (const auto& [name, value] : scores(record, metric_names_)) {
    if (std::isfinite(value)) continue;
    fail(ExitCode::diverged,
         "{} became {} in epoch {}; a smaller optimizer.learning_rate or optimizer.clipnorm may "
         "help",
         name, value, record.epoch);
  }
}

void Callbacks::stop_early(const records::EpochRecord& record, std::span<const float> weights) {
  const EarlyStoppingOptions& o = *options_.early_stopping;
  if (stopping_->add(score(record, o.monitor)) && o.restore_best_weights) {
    best_ = Best{record, {weights.begin(), weights.end()}};
  }
  if (stopping_->reached()) {
    stop(fmt::format("{} has not improved for {} epoch{}", o.monitor, stopping_->waited(),
                     stopping_->waited() == 1 ? "" : "s"));
  }
}

void Callbacks::reduce_learning_rate(const records::EpochRecord& record) {
  const ReduceLearningRateOptions& o = *options_.reduce_lr_on_plateau;
  reducing_->add(score(record, o.monitor));
  if (!reducing_->reached()) return;
  reducing_->restart();
  const double before = learning_rate_ * scale_;
  const double after = std::max(before * o.factor, o.min_lr);
  if (after >= before) return;
  scale_ = after / learning_rate_;
  board_.set_learning_rate_scale(scale_);
  info("epoch {}: {} is on a plateau; the learning rate is now {:.3g} times the optimizer's",
       record.epoch, o.monitor, scale_);
}

void Callbacks::stop_at_targets(const records::EpochRecord& record, Scores scores) {
  const auto stop_at = [&](const std::string& monitor, double target) {
    if (!watches(scores, monitor)) return;
    const double value = score(record, monitor);
    if (larger_is_better(monitor) ? value >= target : value <= target) {
      stop(fmt::format("{} reached {:.4g}", monitor, target));
    }
  };
  if (options_.target_loss) stop_at(validates_ ? "val_loss" : "loss", *options_.target_loss);
  if (options_.target_metric)
    stop_at(options_.target_metric->monitor, options_.target_metric->value);
}

void Callbacks::stop(std::string reason) {
  if (stopped()) return;
  stop_reason_ = std::move(reason);
  board_.store(center::Cell::stop, static_cast<std::int64_t>(StopReason::callback));
  info("stopping: {}", stop_reason_);
}

void Callbacks::Best::keep(State& state) {
  state("record", record);
  state("weights", weights);
}

void Callbacks::keep(State& state) {
  const auto keep_plateau = [&](const char* name, std::optional<Plateau>& plateau) {
    if (plateau) {
      if (!state.reading() || state.has(name)) state(name, *plateau);
    } else {
      state.skip(name);
    }
  };
  keep_plateau("stopping", stopping_);
  keep_plateau("reducing", reducing_);
  state("scale", scale_);
  state("best", best_);
  state("stop_reason", stop_reason_);
  if (!state.reading()) return;
  if (!wants_weights()) best_.reset();
  if (stopped()) {
    board_.store(center::Cell::stop, static_cast<std::int64_t>(StopReason::callback));
  }
  board_.set_learning_rate_scale(scale_);
}

}  // namespace tusk::coordinator
