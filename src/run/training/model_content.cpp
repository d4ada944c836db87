// SPDX-License-Identifier: Apache-2.0
#include "run/training/model_content.hpp"

#include <nlohmann/json.hpp>
#include <utility>
#include <vector>

#include "core/version.hpp"
#include "run/training/assembly.hpp"
#include "run/training/load_data.hpp"

namespace tusk::training {

formats::ModelContent model_content(const Assembly& assembly, const AlignedVector<float>& weights) {
  const Experiment& experiment = assembly.experiment;
  const nlohmann::ordered_json facts{{"experiment", experiment.name},
                                     {"trainer", name_of_rule(experiment.trainer.strategy)},
                                     {"epochs", experiment.trainer.epochs},
                                     {"seed", experiment.seed},
                                     {"tusk_version", version},
                                     {"git_revision", git_revision}};
  const graph::Model& model = assembly.model;
  std::vector<InputOptions> inputs;
  std::vector<OutputOptions> outputs;
  for (const graph::ModelInput& input : model.inputs()) {
    if (!model.graph().is_chain) inputs.push_back({input.name, input.shape.extents()});
  }
  for (const graph::ModelOutput& output : model.outputs()) {
    if (model.graph().is_chain && experiment.model.outputs.empty()) continue;
    outputs.push_back({.name = output.name,
                       .loss = output.loss_options,
                       .huber_delta = output.huber_delta,
                       .label_smoothing = output.label_smoothing,
                       .from_logits = output.from_logits,
                       .loss_weight = output.loss_weight,
                       .metrics = output.metrics,
                       .weighted_metrics = output.weighted_metrics});
  }
  return {.input = model.input_shape(),
          .layers = model.layers(),
          .weights = weights,
          .inputs = std::move(inputs),
          .outputs = std::move(outputs),
          .loss = experiment.model.loss,
          .huber_delta = experiment.model.huber_delta,
          .label_smoothing = experiment.model.label_smoothing,
          .from_logits = experiment.model.from_logits,
          .metrics = experiment.model.metrics,
          .weighted_metrics = experiment.model.weighted_metrics,
          .optimizer = experiment.optimizer,
          .one_hot_labels = label_format(assembly.files.train, assembly).kind ==
                            samples::LabelFormat::Kind::values,
          .transforms = assembly.transforms.to_json(),
          .stored = assembly.files.train.sample_shape(),
          .class_names = assembly.class_names,
          .columns = assembly.columns,
          .facts = facts.dump()};
}

}  // namespace tusk::training
