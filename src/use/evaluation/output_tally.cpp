// SPDX-License-Identifier: Apache-2.0
#include "use/evaluation/output_tally.hpp"

#include <span>

#include "mpi/communicator.hpp"
#include "use/evaluation/summation_blocks.hpp"

namespace tusk::evaluation {

OutputTally::OutputTally(const graph::ModelOutput& output, std::size_t index,
                         const OutputQuestion& question, std::uint64_t rows, bool weighted)
    : index_(index),
      classifies_(question.classifies),
      weighted_(weighted),
      width_(output.loss->labels() == LabelKind::values ? output.shape.elements() : 0),
      classes_(output.shape.elements(), question.top_k, classifies_ ? rows : 0, weighted) {}

void OutputTally::begin_block() {
  if (weighted_) {
    weighted_sums_.resize(weighted_sums_.size() + width_);
  } else {
    sums_.resize(sums_.size() + width_);
  }
}

void OutputTally::add(const Answer& answer) {
  if (classifies_) classes_.add(answer, index_);
  if (width_ == 0) return;
  const ConstMatrix& outputs = answer.outputs[index_];
  const Targets& targets = answer.targets_of(index_);
  for (std::size_t sample = 0; sample < outputs.cols(); ++sample) {
    for (std::size_t i = 0; i < width_; ++i) {
      const double target = targets.values(i, sample);
      const double output = outputs(i, sample);
      if (weighted_) {
        std::span(weighted_sums_).last(width_)[i].add(target, output, targets.weights[sample]);
      } else {
        std::span(sums_).last(width_)[i].add(target, output);
      }
    }
  }
}

OutputReport OutputTally::finish(const mpi::Communicator& world) {
  OutputReport report;
  if (classifies_) report.classes = classes_.finish(world, report.classes_left_out);
  if (width_ == 0) return report;
  const auto report_of = [&]<typename Sums>(const std::vector<Sums>& mine) {
    const std::vector<Sums> all = sum_in_order(world, std::span(mine), width_);
    return make_report(std::span(all));
  };
  report.regression = weighted_ ? report_of(weighted_sums_) : report_of(sums_);
  return report;
}

}  // namespace tusk::evaluation
