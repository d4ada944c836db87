// SPDX-License-Identifier: Apache-2.0
#include "use/evaluation/combined_outputs.hpp"

#include <algorithm>
#include <functional>
#include <utility>

#include "net/graph/chosen_class.hpp"
#include "net/graph/make_loss.hpp"

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
    views.push_back(
        {.model = &member.model, .weights = member.weights, .transforms = &member.transforms});
  }
  return views;
}

CombinedOutputs::CombinedOutputs(std::vector<ModelView> members, Combine combine,
                                 std::size_t max_batch)
    : members_(std::move(members)), combine_(combine), max_batch_(max_batch) {
  for (const ModelView& member : members_) {
    workspaces_.push_back(member.model->make_workspace(max_batch, false));
  }
  const std::vector<graph::ModelOutput>& outputs = members_.front().model->outputs();
  const bool undoes = std::ranges::any_of(
      members_, [](const ModelView& member) { return member.transforms->front().have_labels(); });
  for (const graph::ModelOutput& output : outputs) {
    const std::size_t numbers = output.shape.elements() * max_batch;
    if (undoes) undone_.emplace_back(numbers);
    if (members_.size() == 1) continue;
    sums_.emplace_back(numbers);
    made_losses_.push_back(graph::make_loss(output.loss_options, loss_details(output)));
    losses_.push_back(made_losses_.back().get());
  }
  views_.resize(undone_.size());
  combined_.resize(sums_.size());
}

std::span<const ConstMatrix> CombinedOutputs::undone(std::size_t member,
                                                     std::span<const ConstMatrix> outputs) {
  const transforms::Transforms& transforms = members_[member].transforms->front();
  if (!transforms.have_labels()) return outputs;
  for (std::size_t i = 0; i < outputs.size(); ++i) {
    views_[i] = outputs[i];
    const transforms::Transforms* its = transforms.of_label(i);
    if (its == nullptr) continue;
    const Matrix numbers(undone_[i].data(), outputs[i].rows(), outputs[i].cols());
    std::copy_n(outputs[i].data(), outputs[i].size(), numbers.data());
    for (std::size_t sample = 0; sample < numbers.cols(); ++sample) its->undo(numbers.col(sample));
    views_[i] = numbers;
  }
  return views_;
}

std::span<const ConstMatrix> CombinedOutputs::predict(std::span<const Inputs> inputs) {
  const auto outputs_of = [&](std::size_t member) {
    return undone(member, members_[member].model->predict(members_[member].weights, inputs[member],
                                                          workspaces_[member]));
  };
  if (members_.size() == 1) return outputs_of(0);
  const std::size_t batch = inputs.front().front().cols();
  const auto sum_of = [&](std::size_t output) {
    return Matrix(sums_[output].data(), sums_[output].size() / max_batch_, batch);
  };
  for (std::size_t i = 0; i < sums_.size(); ++i) std::ranges::fill(sum_of(i).flat(), Real{0});
  for (std::size_t member = 0; member < members_.size(); ++member) {
    const std::span<const ConstMatrix> outputs = outputs_of(member);
    for (std::size_t i = 0; i < outputs.size(); ++i) {
      const Matrix sum = sum_of(i);
      if (combine_ == Combine::vote) {
        add_votes(outputs[i], sum);
      } else {
        std::ranges::transform(sum.flat(), outputs[i].flat(), sum.data(), std::plus<>());
      }
    }
  }
  for (std::size_t i = 0; i < sums_.size(); ++i) {
    const Matrix sum = sum_of(i);
    for (Real& value : sum.flat()) value /= static_cast<Real>(members_.size());
    combined_[i] = sum;
  }
  return combined_;
}

std::span<const ConstMatrix> CombinedOutputs::evaluate(std::span<const Inputs> inputs,
                                                       std::span<const Targets> targets,
                                                       BatchScore& score) {
  const graph::Model& model = *members_.front().model;
  if (members_.size() > 1) {
    const std::span<const ConstMatrix> outputs = predict(inputs);
    score = model.score(losses_, outputs, targets);
    return outputs;
  }
  std::span<const ConstMatrix> predicted;
  score = model.evaluate(members_.front().weights, inputs.front(), targets, workspaces_.front(),
                         &predicted);
  return undone(0, predicted);
}

}  // namespace tusk::evaluation
