// SPDX-License-Identifier: Apache-2.0
#include "use/evaluation/shared_evaluation.hpp"

#include <algorithm>
#include <functional>
#include <span>

#include "data/samples/label_format.hpp"
#include "data/samples/sample_weights.hpp"
#include "mpi/collectively.hpp"
#include "mpi/communicator.hpp"
#include "use/evaluation/answers.hpp"
#include "use/evaluation/summation_blocks.hpp"

namespace tusk::evaluation {
namespace {

// Computes this rank's answers. Calls begin_block() before those of a block, and take() for each.
void answer_mine(const std::vector<ModelView>& members, Combine combine,
                 const datasets::Dataset& dataset, const SummationBlocks& blocks,
                 datasets::Block rows, const std::function<void()>& begin_block,
                 const std::function<void(const Answer&)>& take) {
  Answers answers(members, combine, dataset, rows, label_formats(members.front(), dataset));
  while (const auto answer = answers.next()) {
    if ((answer->first_row - rows.begin) % blocks.block_rows == 0) begin_block();
    take(*answer);
  }
}

// What the answers to a regression add up to, an element an output.
void add(const Answer& answer, std::span<RegressionSums> sums) {
  const Targets& targets = answer.targets;
  for (std::size_t sample = 0; sample < answer.outputs.cols(); ++sample) {
    for (std::size_t i = 0; i < sums.size(); ++i) {
      sums[i].add(targets.values(i, sample), answer.outputs(i, sample));
    }
  }
}

void add(const Answer& answer, std::span<WeightedRegressionSums> sums) {
  const Targets& targets = answer.targets;
  for (std::size_t sample = 0; sample < answer.outputs.cols(); ++sample) {
    for (std::size_t i = 0; i < sums.size(); ++i) {
      sums[i].add(targets.values(i, sample), answer.outputs(i, sample), targets.weights[sample]);
    }
  }
}

}  // namespace

BatchScore sum_over_ranks(const mpi::Communicator& world, const BatchScore& mine) {
  std::vector<double> numbers{static_cast<double>(mine.samples), mine.loss_sum, mine.weight_sum};
  numbers.insert(numbers.end(), mine.metric_sums.begin(), mine.metric_sums.end());
  world.sum(numbers);
  BatchScore all{.samples = static_cast<std::size_t>(numbers[0]),
                 .weight_sum = numbers[2],
                 .loss_sum = numbers[1],
                 .first_weighted = world.min(mine.first_weighted)};
  std::copy(numbers.begin() + 3, numbers.end(), all.metric_sums.begin());
  return all;
}

BatchScore evaluate_together(const mpi::Communicator& world, const std::vector<ModelView>& members,
                             Combine combine, const datasets::Dataset& dataset) {
  const SummationBlocks blocks(dataset.rows(), Answers::batch_rows);
  std::vector<BatchScore> scores;
  mpi::collectively(world, [&] {
    answer_mine(
        members, combine, dataset, blocks, blocks.rows_of(world), [&] { scores.emplace_back(); },
        [&](const Answer& answer) { scores.back() += answer.score; });
  });
  return sum_in_order(world, std::span<const BatchScore>(scores), 1).front();
}

FullEvaluation evaluate_fully(const mpi::Communicator& world, const std::vector<ModelView>& members,
                              Combine combine, const datasets::Dataset& dataset, bool classifies,
                              const std::vector<std::size_t>& top_k) {
  const graph::Model& model = *members.front().model;
  const std::size_t outputs = model.output_size();
  const bool has_reports = model.outputs().size() == 1;  // beside the scores
  classifies = classifies && has_reports;
  const std::size_t sums_width = has_reports && model.labels() == LabelKind::values ? outputs : 0;
  const SummationBlocks blocks(dataset.rows(), Answers::batch_rows);
  std::vector<BatchScore> scores;
  const bool weighted = dataset.has_weights();
  if (weighted) {
    const std::uint64_t negative =
        samples::survey_weights(dataset.weights(), datasets::Rows::all(dataset.rows()), world);
    samples::warn_of_negative_weights(dataset.weights(), negative, dataset.rows());
  }
  std::vector<RegressionSums> sums;
  std::vector<WeightedRegressionSums> weighted_sums;
  const datasets::Block rows = blocks.rows_of(world);
  ClassTally tally(outputs, top_k, classifies ? rows.size() : 0, weighted);
  mpi::collectively(world, [&] {
    const auto begin_block = [&] {
      scores.emplace_back();
      if (weighted) {
        weighted_sums.resize(weighted_sums.size() + sums_width);
      } else {
        sums.resize(sums.size() + sums_width);
      }
    };
    answer_mine(members, combine, dataset, blocks, rows, begin_block, [&](const Answer& answer) {
      scores.back() += answer.score;
      if (sums_width > 0 && weighted) add(answer, std::span(weighted_sums).last(sums_width));
      if (sums_width > 0 && !weighted) add(answer, std::span(sums).last(sums_width));
      if (classifies) tally.add(answer);
    });
  });
  FullEvaluation all{.weighted = weighted};
  all.score = sum_in_order(world, std::span<const BatchScore>(scores), 1).front();
  if (classifies) all.classes = tally.finish(world, all.classes_left_out);
  const auto report_of = [&]<typename Sums>(const std::vector<Sums>& mine) {
    const std::vector<Sums> all_sums = sum_in_order(world, std::span(mine), sums_width);
    return make_report(std::span(all_sums));
  };
  if (sums_width > 0) all.regression = weighted ? report_of(weighted_sums) : report_of(sums);
  return all;
}

}  // namespace tusk::evaluation
