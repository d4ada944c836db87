// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "use/evaluation/precise_sum.hpp"

namespace tusk::evaluation {

// How often samples of each class were taken for each class, and, of weighted samples, what they
// weigh together.
class ConfusionMatrix {
 public:
  explicit ConfusionMatrix(std::size_t classes, bool weighted = false)
      : classes_(classes), counts_(classes * classes, 0), sums_(weighted ? counts_.size() : 0) {}

  std::size_t classes() const { return classes_; }
  bool weighted() const { return !sums_.empty(); }

  void add(std::size_t label, std::size_t prediction, double weight = 1.0) {
    const std::size_t cell = label * classes_ + prediction;
    ++counts_[cell];
    if (weighted()) sums_[cell].add(weight);
  }

  std::uint64_t count(std::size_t label, std::size_t prediction) const {
    return counts_[label * classes_ + prediction];
  }

  // The sum of the weights; without weights the count.
  PreciseSum weight(std::size_t label, std::size_t prediction) const {
    if (weighted()) return sums_[label * classes_ + prediction];
    return {.sum = static_cast<double>(count(label, prediction))};
  }

  // All of them, row by row, a row a label: what ranks add up.
  std::span<std::uint64_t> counts() { return counts_; }
  std::span<PreciseSum> sums() { return sums_; }

 private:
  std::size_t classes_;
  std::vector<std::uint64_t> counts_;
  std::vector<PreciseSum> sums_;
};

// The scores of one class, or their mean over classes. With t samples of the class rightly found, l
// with its label and p predicted as it, or the sums of their weights:
//   precision = t/p, recall = t/l, F1 = 2t/(l + p); 0 where the denominator is.
struct ClassScores {
  double precision = 0.0;
  double recall = 0.0;
  double f1 = 0.0;
  std::uint64_t support = 0;  // samples with its label; of a mean: all samples
  double weight = 0.0;        // l; of a mean: that of all samples
};

// The numbers of scikit-learn's precision_recall_fscore_support with zero_division=0, and with
// sample_weight. The means are over the classes that occur among the labels or the predictions:
// `macro` counts each alike, `weighted` each by its support, or the weight of that.
struct ClassificationReport {
  double accuracy = 0.0;
  std::vector<ClassScores> classes;
  ClassScores macro;
  ClassScores weighted;
};
ClassificationReport make_report(const ConfusionMatrix& confusion);

}  // namespace tusk::evaluation
