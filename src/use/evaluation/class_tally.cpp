// SPDX-License-Identifier: Apache-2.0
#include "use/evaluation/class_tally.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <span>
#include <utility>

#include "mpi/communicator.hpp"
#include "net/graph/chosen_class.hpp"
#include "use/evaluation/roc_auc.hpp"
#include "use/evaluation/summation_blocks.hpp"

namespace tusk::evaluation {
namespace {

// The class that a sample's label names, if it names one.
std::optional<std::size_t> class_of(const Targets& targets, std::size_t sample) {
  if (targets.are_classes()) return static_cast<std::size_t>(targets.classes[sample]);
  const ConstSpan values = targets.values.col(sample);
  if (values.size() > 1) {
    const std::size_t largest = graph::first_largest(values);
    if (std::ranges::count(values, values[largest]) > 1) return std::nullopt;
    return largest;
  }
  if (values[0] == Real{0}) return 0;
  if (values[0] == Real{1}) return 1;
  return std::nullopt;
}

// How many classes come before this one when they are ordered by their outputs.
std::size_t classes_before(ConstSpan outputs, std::size_t one) {
  std::size_t before = 0;
  for (std::size_t other = 0; other < outputs.size(); ++other) {
    if (outputs[other] > outputs[one] || (outputs[other] == outputs[one] && other < one)) ++before;
  }
  return before;
}

}  // namespace

ClassTally::ClassTally(std::size_t outputs, std::vector<std::size_t> top_k, std::uint64_t rows,
                       bool weighted)
    : outputs_(outputs),
      top_k_(std::move(top_k)),
      hits_(top_k_.size()),
      confusion_(outputs > max_classes ? 0 : std::max<std::size_t>(outputs, 2), weighted),
      scores_(outputs > 2 ? confusion_.classes() : 1) {
  if (outputs > max_classes) return;
  labels_.reserve(rows);
  if (weighted) weights_.reserve(rows);
  for (std::vector<Real>& scores : scores_) scores.reserve(rows);
}

void ClassTally::add(const Answer& answer, std::size_t output) {
  if (outputs_ > max_classes) return;
  const Targets& targets = answer.targets_of(output);
  for (std::size_t sample = 0; sample < answer.rows(); ++sample) {
    const std::uint64_t row = answer.first_row + sample;
    const ConstSpan outputs = answer.outputs[output].col(sample);
    const auto label = class_of(targets, sample);
    if (!label) unclear_label_ = std::min(unclear_label_, row);
    const bool finite = transforms::all_finite(outputs);
    if (!finite) not_finite_ = std::min(not_finite_, row);
    const std::span<const double> weights = targets.weights;
    if (label && finite) add_row(outputs, *label, weights.empty() ? 1.0 : weights[sample]);
  }
}

void ClassTally::add_row(ConstSpan outputs, std::size_t label, double weight) {
  confusion_.add(label, graph::chosen_class(outputs), weight);
  labels_.push_back(static_cast<std::uint16_t>(label));
  if (confusion_.weighted()) weights_.push_back(weight);
  if (outputs_ <= 2) {
    scores_[0].push_back(outputs.back());
  } else {
    for (std::size_t i = 0; i < outputs_; ++i) scores_[i].push_back(outputs[i]);
  }
  if (top_k_.empty()) return;
  const std::size_t before = classes_before(outputs, label);
  for (std::size_t i = 0; i < top_k_.size(); ++i) {
    if (before < top_k_[i]) hits_[i].add(weight);
  }
}

std::optional<ClassEvaluation> ClassTally::finish(const mpi::Communicator& world,
                                                  std::string& left_out) {
  const std::uint64_t unclear_label = world.min(unclear_label_);
  const std::uint64_t not_finite = world.min(not_finite_);
  if (outputs_ > max_classes) {
    left_out = fmt::format("more than {} classes", max_classes);
  } else if (unclear_label != none) {
    left_out = fmt::format("the label of row {} does not name one class", unclear_label);
  } else if (not_finite != none) {
    left_out = fmt::format("the model's outputs for row {} are not finite", not_finite);
  }
  if (!left_out.empty()) return std::nullopt;

  world.sum(confusion_.counts());
  const auto sum_up = [&](std::span<PreciseSum> mine) {
    if (mine.empty()) return;
    std::ranges::copy(sum_in_order(world, std::span<const PreciseSum>(mine), mine.size()),
                      mine.begin());
  };
  sum_up(confusion_.sums());
  sum_up(hits_);
  ClassEvaluation evaluation{.confusion = confusion_, .report = make_report(confusion_)};
  for (const PreciseSum& hits : hits_) {
    evaluation.top_k.push_back(hits.value() / evaluation.report.weighted.weight);
  }
  find_auc(world, evaluation);
  return evaluation;
}

void ClassTally::find_auc(const mpi::Communicator& world, ClassEvaluation& evaluation) {
  if (outputs_ <= 2) {
    evaluation.auc = one_auc(world, 0, 1);
    return;
  }
  double sum = 0.0;
  double weighted_sum = 0.0;
  double count = 0.0;
  double weights = 0.0;
  for (std::size_t i = 0; i < outputs_; ++i) {
    evaluation.class_auc.push_back(one_auc(world, i, i));
    if (!evaluation.class_auc.back()) continue;
    const double support = evaluation.report.classes[i].weight;
    sum += *evaluation.class_auc.back();
    weighted_sum += support * *evaluation.class_auc.back();
    count += 1.0;
    weights += support;
  }
  if (count == 0.0) return;
  evaluation.auc = sum / count;
  evaluation.weighted_auc = weighted_sum / weights;
}

std::optional<double> ClassTally::one_auc(const mpi::Communicator& world, std::size_t column,
                                          std::size_t positive) {
  const auto count = static_cast<std::size_t>(std::ranges::count(labels_, positive));
  if (confusion_.weighted()) {
    std::vector<WeightedScore> positives;
    std::vector<WeightedScore> negatives;
    positives.reserve(count);
    negatives.reserve(labels_.size() - count);
    for (std::size_t i = 0; i < labels_.size(); ++i) {
      (labels_[i] == positive ? positives : negatives)
          .push_back({.score = scores_[column][i], .weight = weights_[i]});
    }
    scores_[column] = {};
    return weighted_roc_auc(world, std::move(positives), std::move(negatives));
  }
  std::vector<Real> positives;
  std::vector<Real> negatives;
  positives.reserve(count);
  negatives.reserve(labels_.size() - count);
  for (std::size_t i = 0; i < labels_.size(); ++i) {
    (labels_[i] == positive ? positives : negatives).push_back(scores_[column][i]);
  }
  scores_[column] = {};  // not needed any more
  return roc_auc(world, std::move(positives), std::move(negatives));
}

}  // namespace tusk::evaluation
