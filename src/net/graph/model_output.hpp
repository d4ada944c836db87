// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "core/score.hpp"
#include "experiment/model_options.hpp"
#include "net/graph/wiring.hpp"
#include "tusk/activation.hpp"
#include "tusk/loss.hpp"
#include "tusk/shape.hpp"

namespace tusk::graph {

// An output of a model, with what training makes of it.
struct ModelOutput {
  std::string name;
  Shape shape;
  LossOptions loss_options;  // as they were asked for
  double huber_delta = 1.0;
  double label_smoothing = 0.0;
  bool from_logits = false;
  double loss_weight = 1.0;
  std::vector<MetricKind> metrics;
  std::vector<MetricKind> weighted_metrics;  // with the samples' weights
  std::unique_ptr<Loss> loss;                // of logits, where it takes the last activation over
  Activation fused = Activation::linear;     // that activation
  std::optional<Activation> ends_in;         // what its layer ends in, fused or not, if it says so
};

// The outputs of a wiring, not yet their shapes. Where a loss takes over the last activation of the
// layer that makes an output, which nobody else reads, the activation is taken out of `entries`.
std::vector<ModelOutput> make_outputs(const ModelOptions& options, const Wiring& wiring,
                                      std::vector<LayerEntry>& entries);

// Error(bad_experiment) that names the key if the loss cannot be that of this output.
void check_output(const ModelOutput& output, bool is_only);

// Warns of outputs whose losses do not go with what their layers end in. Called once where a model
// is going to be trained or scored, not wherever one is made.
void warn_of_outputs(const std::vector<ModelOutput>& outputs);

// What is scored: the metrics of the one output; or of several outputs each one's loss,
// "NAME_loss", then the metrics of each, "NAME_accuracy"; and at last the weighted metrics,
// "weighted_accuracy" or "NAME_weighted_accuracy". Error(bad_experiment) if an output names a
// metric twice, if one of several has a name whose scores would be taken for those of the
// validation or test data, or with a '/', if two scores have one name, as those of outputs 'a' and
// 'a_weighted' may; or if there are more scores than BatchScore holds.
std::vector<std::string> names_of_scores(const std::vector<ModelOutput>& outputs);

// What the sums of the samples' weights are called: "weight_sum", or "NAME_weight_sum" of each
// output where they are weighed `apart`.
std::vector<std::string> names_of_weight_sums(const std::vector<ModelOutput>& outputs, bool apart);

// Which of the scores are weighted, and by the weights for which output.
BatchScore::Weighing weighing_of_scores(const std::vector<ModelOutput>& outputs);

}  // namespace tusk::graph
