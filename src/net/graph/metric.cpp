// SPDX-License-Identifier: Apache-2.0
#include "net/graph/metric.hpp"

#include <cmath>

#include "net/graph/chosen_class.hpp"
#include "net/graph/class_row.hpp"
#include "tusk/error.hpp"

namespace tusk::graph {
namespace {

// Whether the prediction for a sample is right.
bool is_accurate(ConstMatrix predictions, const Targets& targets, std::size_t sample) {
  const std::span<const Real> p = predictions.col(sample);
  if (targets.are_classes()) return first_largest(p) == class_row(targets, sample, p.size());
  const std::span<const Real> t = targets.values.col(sample);
  if (p.size() == 1) return static_cast<Real>(chosen_class(p)) == t[0];
  return first_largest(p) == first_largest(t);
}

// Mean over the outputs of f(prediction − target) of one sample.
double mean_error(ConstMatrix predictions, const Targets& targets, std::size_t sample, auto f) {
  const std::span<const Real> p = predictions.col(sample);
  double total = 0.0;
  if (targets.are_classes()) {
    const std::size_t c = class_row(targets, sample, p.size());
    for (std::size_t i = 0; i < p.size(); ++i) total += f(p[i] - (i == c ? 1.0 : 0.0));
  } else {
    const std::span<const Real> t = targets.values.col(sample);
    for (std::size_t i = 0; i < p.size(); ++i) total += f(p[i] - t[i]);
  }
  return total / static_cast<double>(p.size());
}

double sample_metric(MetricKind metric, ConstMatrix predictions, const Targets& targets,
                     std::size_t sample) {
  switch (metric) {
    case MetricKind::accuracy:
      return is_accurate(predictions, targets, sample) ? 1.0 : 0.0;
    case MetricKind::mse:
      return mean_error(predictions, targets, sample, [](double e) { return e * e; });
    case MetricKind::mae:
      return mean_error(predictions, targets, sample, [](double e) { return std::abs(e); });
  }
  fail(ExitCode::internal, "a metric without an implementation");
}

}  // namespace

double metric_sum(MetricKind metric, ConstMatrix predictions, const Targets& targets) {
  double total = 0.0;
  for (std::size_t sample = 0; sample < predictions.cols(); ++sample) {
    total += sample_metric(metric, predictions, targets, sample);
  }
  return total;
}

double weighted_metric_sum(MetricKind metric, ConstMatrix predictions, const Targets& targets) {
  if (targets.weights.empty()) return metric_sum(metric, predictions, targets);
  double total = 0.0;
  for (std::size_t sample = 0; sample < predictions.cols(); ++sample) {
    total += targets.weights[sample] * sample_metric(metric, predictions, targets, sample);
  }
  return total;
}

}  // namespace tusk::graph
