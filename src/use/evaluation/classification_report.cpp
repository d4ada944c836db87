// SPDX-License-Identifier: Apache-2.0
#include "use/evaluation/classification_report.hpp"

namespace tusk::evaluation {
namespace {

double ratio(double part, double of) { return of == 0.0 ? 0.0 : part / of; }

// Adds the scores, each times `weight`.
void add(ClassScores& sum, const ClassScores& scores, double weight) {
  sum.precision += weight * scores.precision;
  sum.recall += weight * scores.recall;
  sum.f1 += weight * scores.f1;
}

void divide(ClassScores& sum, double by) {
  sum.precision = ratio(sum.precision, by);
  sum.recall = ratio(sum.recall, by);
  sum.f1 = ratio(sum.f1, by);
}

}  // namespace

ClassificationReport make_report(const ConfusionMatrix& confusion) {
  ClassificationReport report;
  std::uint64_t samples = 0;
  std::uint64_t occurring = 0;
  PreciseSum weight;
  PreciseSum right;
  for (std::size_t one = 0; one < confusion.classes(); ++one) {
    std::uint64_t labelled = 0;
    std::uint64_t predicted = 0;
    PreciseSum labels;
    PreciseSum predictions;
    for (std::size_t other = 0; other < confusion.classes(); ++other) {
      labelled += confusion.count(one, other);
      predicted += confusion.count(other, one);
      labels += confusion.weight(one, other);
      predictions += confusion.weight(other, one);
    }
    PreciseSum both = labels;
    both += predictions;
    const PreciseSum found = confusion.weight(one, one);
    const ClassScores scores{.precision = ratio(found.value(), predictions.value()),
                             .recall = ratio(found.value(), labels.value()),
                             .f1 = ratio(2.0 * found.value(), both.value()),
                             .support = labelled,
                             .weight = labels.value()};
    report.classes.push_back(scores);
    samples += labelled;
    weight += labels;
    right += found;
    if (labelled + predicted == 0) continue;
    ++occurring;
    add(report.macro, scores, 1.0);
    add(report.weighted, scores, scores.weight);
  }
  divide(report.macro, static_cast<double>(occurring));
  divide(report.weighted, weight.value());
  report.macro.support = report.weighted.support = samples;
  report.macro.weight = report.weighted.weight = weight.value();
  report.accuracy = ratio(right.value(), weight.value());
  return report;
}

}  // namespace tusk::evaluation
