// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "experiment/model_options.hpp"
#include "tusk/matrix.hpp"
#include "tusk/targets.hpp"

namespace tusk::graph {

// Σ over the batch's samples of the metric, as Keras 3 defines it, of predictions (outputs, batch).
// The model calls it in every pass that scores, an ensemble for its members taken together. Classes
// count as one-hot columns.
//   accuracy  one output: whether (prediction > 0.5) equals the target; more: whether the largest
//             prediction, the first of equals, is where the largest target is
//   mse, mae  mean over the outputs of the squared, of the absolute error
double metric_sum(MetricKind metric, ConstMatrix predictions, const Targets& targets);

// The same with each sample's metric times its weight, if the targets have weights.
double weighted_metric_sum(MetricKind metric, ConstMatrix predictions, const Targets& targets);

}  // namespace tusk::graph
