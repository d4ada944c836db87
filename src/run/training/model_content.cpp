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
  std::vector<std::uint8_t> one_hot;
  for (const samples::LabelFormat& format : label_formats(assembly.files.train, assembly)) {
    one_hot.push_back(format.kind == samples::LabelFormat::Kind::values ? 1 : 0);
  }
  const datasets::ArrayNames& names = assembly.files.names;
  std::vector<formats::InputData> input_data;
  std::vector<formats::LabelData> label_data;
  for (std::size_t i = 0; i < model.inputs().size(); ++i) {
    input_data.push_back({.dataset = names.features[i],
                          .transforms = assembly.transforms[i].to_json(),
                          .stored = assembly.files.train.sample_shape(i),
                          .columns = assembly.columns[i]});
  }
  for (std::size_t i = 0; i < names.label.size(); ++i) {
    label_data.push_back({names.label[i], assembly.class_names[i]});
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
          .one_hot_labels = std::move(one_hot),
          .transforms = input_data.front().transforms,
          .stored = input_data.front().stored,
          .class_names = assembly.class_names.front(),
          .columns = assembly.columns.front(),
          .input_data = input_data,
          .label_data = label_data,
          .facts = facts.dump()};
}

}  // namespace tusk::training
