// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace tusk::evaluation {

// How often samples of each class were taken for each class.
class ConfusionMatrix {
 public:
  explicit ConfusionMatrix(std::size_t classes)
      : classes_(classes), counts_(classes * classes, 0) {}

  std::size_t classes() const { return classes_; }
  void add(std::size_t label, std::size_t prediction) { ++counts_[label * classes_ + prediction]; }
  std::uint64_t count(std::size_t label, std::size_t prediction) const {
    return counts_[label * classes_ + prediction];
  }

  // All of them, row by row, a row a label: what ranks add up.
  std::span<std::uint64_t> counts() { return counts_; }

 private:
  std::size_t classes_;
  std::vector<std::uint64_t> counts_;
};

// The scores of one class, or their mean over classes. With t samples of the class rightly found, l
// with its label and p predicted as it:
//   precision = t/p, recall = t/l, F1 = 2t/(l + p); 0 where the denominator is.
struct ClassScores {
  double precision = 0.0;
  double recall = 0.0;
  double f1 = 0.0;
  std::uint64_t support = 0;  // l; of a mean: all samples
};

// The numbers of scikit-learn's precision_recall_fscore_support with zero_division=0. The means are
// over the classes that occur among the labels or the predictions: `macro` counts each alike,
// `weighted` each by its support.
struct ClassificationReport {
  double accuracy = 0.0;
  std::vector<ClassScores> classes;
  ClassScores macro;
  ClassScores weighted;
};
ClassificationReport make_report(const ConfusionMatrix& confusion);

}  // namespace tusk::evaluation
