// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "net/graph/model_output.hpp"
#include "use/evaluation/answers.hpp"
#include "use/evaluation/class_tally.hpp"
#include "use/evaluation/regression_report.hpp"
#include "use/evaluation/shared_evaluation.hpp"

namespace tusk::evaluation {

// Counts the answers of one output of a model for its report: classes, if it has any, and the
// errors of its numbers, if its loss is of numbers. Part of evaluate_fully().
class OutputTally {
 public:
  // The output of number `index`. `rows` will be added here, by weights if `weighted`.
  OutputTally(const graph::ModelOutput& output, std::size_t index, const OutputQuestion& question,
              std::uint64_t rows, bool weighted);

  void begin_block();  // of SummationBlocks
  void add(const Answer& answer);

  // Collective. The same on every rank.
  OutputReport finish(const mpi::Communicator& world);

 private:
  std::size_t index_;
  bool classifies_;
  bool weighted_;
  std::size_t width_;  // numbers with errors
  ClassTally classes_;
  // What the answers to a regression add up to, an element a number of the output, block by block;
  // of the two lists the one that counts by weights or the one that does not.
  std::vector<RegressionSums> sums_;
  std::vector<WeightedRegressionSums> weighted_sums_;
};

}  // namespace tusk::evaluation
