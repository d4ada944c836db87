// SPDX-License-Identifier: Apache-2.0
#include "use/evaluation/classification_report.hpp"

namespace tusk::evaluation {
namespace {

double ratio(std::uint64_t count, std::uint64_t of) {
  return of == 0 ? 0.0 : static_cast<double>(count) / static_cast<double>(of);
}

// Adds the scores, each times `weight`.
void add(ClassScores& sum, const ClassScores& scores, double weight) {
  sum.precision += weight * scores.precision;
  sum.recall += weight * scores.recall;
  sum.f1 += weight * scores.f1;
}

void divide(ClassScores& sum, double by) {
  if (by == 0.0) return;
  sum.precision /= by;
  sum.recall /= by;
  sum.f1 /= by;
}

}  // namespace

ClassificationReport make_report(const ConfusionMatrix& confusion) {
  ClassificationReport report;
  std::uint64_t samples = 0;
  std::uint64_t right = 0;
  std::uint64_t occurring = 0;
  for (std::size_t one = 0; one < confusion.classes(); ++one) {
    std::uint64_t labels = 0;
    std::uint64_t predictions = 0;
    for (std::size_t other = 0; other < confusion.classes(); ++other) {
      labels += confusion.count(one, other);
      predictions += confusion.count(other, one);
    }
    const std::uint64_t found = confusion.count(one, one);
    const ClassScores scores{.precision = ratio(found, predictions),
                             .recall = ratio(found, labels),
                             .f1 = ratio(2 * found, labels + predictions),
                             .support = labels};
    report.classes.push_back(scores);
    samples += labels;
    right += found;
    if (labels + predictions == 0) continue;
    ++occurring;
    add(report.macro, scores, 1.0);
    add(report.weighted, scores, static_cast<double>(labels));
  }
  divide(report.macro, static_cast<double>(occurring));
  divide(report.weighted, static_cast<double>(samples));
  report.macro.support = report.weighted.support = samples;
  report.accuracy = ratio(right, samples);
  return report;
}

}  // namespace tusk::evaluation
