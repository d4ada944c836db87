// SPDX-License-Identifier: Apache-2.0
#include "use/evaluation/shared_evaluation.hpp"

#include <algorithm>
#include <functional>
#include <span>
#include <string>

#include "data/samples/label_format.hpp"
#include "data/samples/sample_weights.hpp"
#include "mpi/collectively.hpp"
#include "mpi/communicator.hpp"
#include "use/evaluation/answers.hpp"
#include "use/evaluation/output_tally.hpp"
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

// Collective: looks at each data set of weights once.
void survey_all_weights(const datasets::Dataset& dataset, const mpi::Communicator& world) {
  std::vector<std::string> seen;
  for (std::size_t i = 0; i < dataset.labels_count(); ++i) {
    if (!dataset.has_weights(i)) continue;
    const datasets::JoinedDataset& weights = dataset.weights(i);
    if (std::ranges::find(seen, weights.name()) != seen.end()) continue;
    seen.push_back(weights.name());
    const std::uint64_t negative =
        samples::survey_weights(weights, datasets::Rows::all(dataset.rows()), world);
    samples::warn_of_negative_weights(weights, negative, dataset.rows());
  }
}

}  // namespace

BatchScore sum_over_ranks(const mpi::Communicator& world, const BatchScore& mine) {
  BatchScore all;
  for (const auto& its : world.all_gather(std::span(&mine, 1))) all += its.front();
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
                              Combine combine, const datasets::Dataset& dataset,
                              const std::vector<OutputQuestion>& questions) {
  survey_all_weights(dataset, world);
  const SummationBlocks blocks(dataset.rows(), Answers::batch_rows);
  const datasets::Block rows = blocks.rows_of(world);
  std::vector<BatchScore> scores;
  std::vector<OutputTally> tallies;
  for (std::size_t i = 0; i < questions.size(); ++i) {
    const graph::ModelOutput& output = members.front().model->outputs()[i];
    const std::size_t label = dataset.labels_count() == 1 ? 0 : i;
    tallies.emplace_back(output, i, questions[i], rows.size(), dataset.has_weights(label));
  }
  mpi::collectively(world, [&] {
    const auto begin_block = [&] {
      scores.emplace_back();
      for (OutputTally& tally : tallies) tally.begin_block();
    };
    answer_mine(members, combine, dataset, blocks, rows, begin_block, [&](const Answer& answer) {
      scores.back() += answer.score;
      for (OutputTally& tally : tallies) tally.add(answer);
    });
  });
  FullEvaluation all;
  all.score = sum_in_order(world, std::span<const BatchScore>(scores), 1).front();
  for (OutputTally& tally : tallies) all.outputs.push_back(tally.finish(world));
  return all;
}

}  // namespace tusk::evaluation
