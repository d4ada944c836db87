// SPDX-License-Identifier: Apache-2.0
#include "tusk/training/shared_evaluation.hpp"

#include <algorithm>
#include <vector>

#include "tusk/data/label_format.hpp"
#include "tusk/data/split.hpp"
#include "tusk/mpi/collectively.hpp"
#include "tusk/mpi/communicator.hpp"
#include "tusk/training/evaluation.hpp"

namespace tusk::training {

nn::BatchScore sum_over_ranks(const mpi::Communicator& world, const nn::BatchScore& mine) {
  std::vector<double> numbers{static_cast<double>(mine.samples), mine.loss_sum};
  numbers.insert(numbers.end(), mine.metric_sums.begin(), mine.metric_sums.end());
  world.sum(numbers);
  nn::BatchScore all{.samples = static_cast<std::size_t>(numbers[0]), .loss_sum = numbers[1]};
  std::copy(numbers.begin() + 2, numbers.end(), all.metric_sums.begin());
  return all;
}

nn::BatchScore evaluate_together(const mpi::Communicator& world, const nn::Model& model,
                                 std::span<const float> weights, const data::Dataset& dataset,
                                 const data::Transforms& transforms) {
  nn::BatchScore mine;
  mpi::collectively(world, [&] {
    const auto format = data::label_format(dataset, model.loss(), model.output_size(), transforms);
    const data::Block block = data::block_of(dataset.rows(), static_cast<std::size_t>(world.rank()),
                                             static_cast<std::size_t>(world.size()));
    const data::Split all(dataset.rows());
    const auto shard = data::Shard::read(dataset, all.training_rows(block), &format, transforms);
    if (shard.empty()) return;
    Evaluation evaluation(model, shard);
    evaluation.start(weights);
    while (evaluation.advance()) {
    }
    mine = evaluation.score();
  });
  return sum_over_ranks(world, mine);
}

}  // namespace tusk::training
