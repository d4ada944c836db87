// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <vector>

#include "use/evaluation/answers.hpp"
#include "use/evaluation/classification_report.hpp"

namespace tusk::mpi {
class Communicator;
}

namespace tusk::evaluation {

// The quality of a classifier on a whole data set.
struct ClassEvaluation {
  ConfusionMatrix confusion;
  ClassificationReport report;

  // The area under the ROC curve (roc_auc.hpp). With two classes auc is that of the score of class
  // 1. With more, class_auc has each class against the rest, nothing for a class that no row or
  // every row has; auc is their mean and weighted_auc their mean weighted by support, both nothing
  // if no class has an area.
  std::optional<double> auc;
  std::optional<double> weighted_auc;
  std::vector<std::optional<double>> class_auc;

  // For every k that was asked for, the share of rows, or of their weight, whose class is among the
  // k with the largest outputs. Of two equal outputs the one with the lower index counts as the
  // larger.
  std::vector<double> top_k;
};

// Counts a classifier's answers, batch by batch, each row by its weight if it has one. A row's
// class is its class index, the place of the largest of several label values, or a single label
// value of 0 or 1; the class predicted is graph::chosen_class.
//
// Memory, for the AUC: 10 bytes a row that is counted here, and with more than two classes 6 and 4
// for each class; 8 more for a weight.
class ClassTally {
 public:
  static constexpr std::size_t max_classes = 1024;

  // `outputs` of the model; top_k: values of k, from 1 to outputs; `rows` that will be added here,
  // all with weights or none.
  ClassTally(std::size_t outputs, std::vector<std::size_t> top_k, std::uint64_t rows,
             bool weighted);

  // The answers of one output of the model.
  void add(const Answer& answer, std::size_t output);

  // Collective. The same on every rank. Nothing if some row could not be counted: then `left_out`
  // says why, for people.
  std::optional<ClassEvaluation> finish(const mpi::Communicator& world, std::string& left_out);

 private:
  void add_row(ConstSpan outputs, std::size_t label, double weight);
  void find_auc(const mpi::Communicator& world, ClassEvaluation& evaluation);
  std::optional<double> one_auc(const mpi::Communicator& world, std::size_t column,
                                std::size_t positive);

  std::size_t outputs_;
  std::vector<std::size_t> top_k_;
  std::vector<PreciseSum> hits_;  // of each k
  ConfusionMatrix confusion_;
  std::vector<std::uint16_t> labels_;
  std::vector<double> weights_;            // none if the rows have none
  std::vector<std::vector<Real>> scores_;  // of the classes of which there is an AUC

  static constexpr std::uint64_t none = std::numeric_limits<std::uint64_t>::max();
  std::uint64_t unclear_label_ = none;  // the first row whose label names no class
  std::uint64_t not_finite_ = none;     // the first row whose outputs are not all finite
};

}  // namespace tusk::evaluation
