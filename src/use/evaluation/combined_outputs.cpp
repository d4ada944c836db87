// SPDX-License-Identifier: Apache-2.0
#include "use/evaluation/combined_outputs.hpp"

#include <algorithm>
#include <functional>
#include <utility>

#include "net/graph/chosen_class.hpp"
#include "net/graph/make_loss.hpp"
#include "net/graph/metric.hpp"
#include "net/graph/weighting.hpp"

namespace tusk::evaluation {
namespace {

// Adds what a member chooses: 1 to the class, or to the only output if it is over 0.5.
void add_votes(ConstMatrix outputs, Matrix sum) {
  for (std::size_t sample = 0; sample < outputs.cols(); ++sample) {
    const std::size_t choice = graph::chosen_class(outputs.col(sample));
    if (outputs.rows() == 1) {
      sum(0, sample) += static_cast<Real>(choice);
    } else {
      sum(choice, sample) += Real{1};
    }
  }
}

}  // namespace

std::vector<ModelView> views_of(std::span<const TrainedModel> members) {
  std::vector<ModelView> views;
  for (const TrainedModel& member : members) {
    views.push_back({.model = &member.model,
                     .weights = member.weights,
                     .transforms = &member.transforms,
                     .loss_details = member.loss_details});
  }
  return views;
}

CombinedOutputs::CombinedOutputs(std::vector<ModelView> members, Combine combine,
                                 std::size_t max_batch)
    : members_(std::move(members)), combine_(combine), max_batch_(max_batch) {
  for (const ModelView& member : members_) {
    workspaces_.push_back(member.model->make_workspace(max_batch, false));
  }
  if (members_.size() > 1) sum_.resize(outputs() * max_batch);
  const ModelView& first = members_.front();
  loss_ = graph::make_loss(first.model->loss(), first.loss_details);
  if (!first.transforms->front().have_labels()) return;
  for (const graph::ModelOutput& output : first.model->outputs()) {
    undone_.emplace_back(output.shape.elements() * max_batch);
  }
  views_.resize(undone_.size());
}

std::span<const ConstMatrix> CombinedOutputs::undone(std::span<const ConstMatrix> outputs) {
  if (undone_.empty()) return outputs;
  for (std::size_t i = 0; i < outputs.size(); ++i) {
    views_[i] = outputs[i];
    const transforms::Transforms* its = label_transforms(i);
    if (its == nullptr) continue;
    const Matrix numbers(undone_[i].data(), outputs[i].rows(), outputs[i].cols());
    std::copy_n(outputs[i].data(), outputs[i].size(), numbers.data());
    for (std::size_t sample = 0; sample < numbers.cols(); ++sample) its->undo(numbers.col(sample));
    views_[i] = numbers;
  }
  return views_;
}

std::span<const ConstMatrix> CombinedOutputs::predict(std::span<const Inputs> inputs) {
  const auto outputs_of = [&](std::size_t i) {
    return members_[i].model->predict(members_[i].weights, inputs[i], workspaces_[i]);
  };
  if (members_.size() == 1) return undone(outputs_of(0));
  const Matrix sum(sum_.data(), outputs(), inputs.front().front().cols());
  std::ranges::fill(sum.flat(), Real{0});
  for (std::size_t i = 0; i < members_.size(); ++i) {
    const ConstMatrix outputs = outputs_of(i).front();
    if (combine_ == Combine::vote) {
      add_votes(outputs, sum);
    } else {
      std::ranges::transform(sum.flat(), outputs.flat(), sum.data(), std::plus<>());
    }
  }
  for (Real& value : sum.flat()) value /= static_cast<Real>(members_.size());
  combined_ = sum;
  return {&combined_, 1};
}

std::span<const ConstMatrix> CombinedOutputs::evaluate(std::span<const Inputs> inputs,
                                                       std::span<const Targets> all_targets,
                                                       BatchScore& score) {
  const graph::Model& model = *members_.front().model;
  if (members_.size() == 1) {
    std::span<const ConstMatrix> predicted;
    score = model.evaluate(members_.front().weights, inputs.front(), all_targets,
                           workspaces_.front(), &predicted);
    return undone(predicted);
  }
  const ConstMatrix outputs = predict(inputs).front();
  const Targets& targets = all_targets.front();
  model.check_targets(targets);
  score = {.samples = outputs.cols(),
           .weight_sum = graph::sum_of_weights(targets, outputs.cols()),
           .loss_sum = graph::weighted_sum(*loss_, outputs, targets),
           .first_weighted = model.first_weighted()};
  const graph::ModelOutput& output = model.outputs().front();
  std::size_t next = 0;
  for (const MetricKind metric : output.metrics) {
    score.metric_sums[next++] = graph::metric_sum(metric, outputs, targets);
  }
  for (const MetricKind metric : output.weighted_metrics) {
    score.metric_sums[next++] = graph::weighted_metric_sum(metric, outputs, targets);
  }
  return {&combined_, 1};
}

}  // namespace tusk::evaluation
