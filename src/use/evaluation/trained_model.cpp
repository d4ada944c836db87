// SPDX-License-Identifier: Apache-2.0
#include "use/evaluation/trained_model.hpp"

#include <fmt/ranges.h>

#include <algorithm>
#include <utility>

#include "core/log.hpp"
#include "net/formats/model_file.hpp"
#include "tusk/error.hpp"

namespace tusk::evaluation {
namespace {

// The transforms of each input, for this model.
transforms::ArrayTransforms make_transforms(const formats::ModelContent& content,
                                            const graph::Model& model, const std::string& path,
                                            const Extensions& extensions) {
  std::vector<transforms::Transforms> all;
  for (std::size_t i = 0; i < model.inputs().size(); ++i) {
    const std::string json = formats::data_of_input(content, i).transforms;
    all.push_back(transforms::Transforms::from_json(json, path, extensions)
                      .with_index_limit(model.index_limit(i)));
  }
  const std::size_t lists = all.front().label_lists();
  if (lists > 1 && lists != model.outputs().size()) {
    fail(ExitCode::bad_data, "{}: transforms of {} labels for a model of {} outputs", path, lists,
         model.outputs().size());
  }
  return all;
}

TrainedModel make_ready(formats::ModelContent content, const std::string& path,
                        const ModelOptions& options, const Extensions& extensions) {
  graph::Model model = formats::make_model(options, content);
  AlignedVector<float> weights = formats::weights_for(model, content);
  const bool is_regression = model.labels() == LabelKind::values;
  transforms::ArrayTransforms transforms = make_transforms(content, model, path, extensions);
  return {.model = std::move(model),
          .classifies = !is_regression || !content.class_names.empty(),
          .weights = std::move(weights),
          .transforms = std::move(transforms),
          .class_names = std::move(content.class_names),
          .columns = std::move(content.columns),
          .input_data = std::move(content.input_data),
          .label_data = std::move(content.label_data)};
}

// Whether each output says its loss itself.
bool have_losses(const formats::ModelContent& content) {
  return !content.outputs.empty() &&
         std::ranges::all_of(content.outputs,
                             [](const OutputOptions& output) { return output.loss.has_value(); });
}

// Every metric by the weights, each once.
std::vector<MetricKind> all_weighted(const std::vector<MetricKind>& metrics,
                                     std::vector<MetricKind> weighted) {
  for (const MetricKind metric : metrics) {
    if (std::ranges::find(weighted, metric) == weighted.end()) weighted.push_back(metric);
  }
  return weighted;
}

}  // namespace

bool classifies(const TrainedModel& model, std::size_t output) {
  if (model.model.outputs().size() == 1) return model.classifies;
  return model.model.outputs()[output].loss->labels() != LabelKind::values ||
         (output < model.label_data.size() && model.label_data.size() > 1 &&
          !model.label_data[output].class_names.empty());
}

const std::vector<std::string>& class_names_of(const TrainedModel& model, std::size_t output) {
  if (model.label_data.size() < 2) return model.class_names;
  return model.label_data[output].class_names;
}

TrainedModel load_for_prediction(const std::string& path, const Extensions& extensions,
                                 const std::string& weights) {
  formats::ModelContent content = formats::load_model(path, extensions, weights);
  ModelOptions options = formats::options_of(content);  // a loss that is missing does not matter
  options.metrics.clear();
  options.weighted_metrics.clear();
  return make_ready(std::move(content), path, options, extensions);
}

TrainedModel load_for_evaluation(const std::string& path, const Scoring& scoring,
                                 const Extensions& extensions, const std::string& weights) {
  formats::ModelContent content = formats::load_model(path, extensions, weights);
  if (!scoring.loss && !content.loss && !have_losses(content)) {
    if (!content.not_compiled.empty()) {
      fail(ExitCode::bad_data,
           "{}: the model was compiled with what Tusk does not have: {}; --loss "
           "names another",
           path, fmt::format("{}", fmt::join(content.not_compiled, "; ")));
    }
    fail(ExitCode::bad_data,
         "{}: the model does not say what loss it was trained with; --loss does", path);
  }
  for (const std::string& reason : content.not_compiled) {
    if (!scoring.loss || reason.starts_with("metric")) {
      warning("{}: left out of what the model was compiled with: {}", path, reason);
    }
  }
  ModelOptions options = formats::options_of(content);
  if (scoring.loss) {
    options.loss = *scoring.loss;
    options.label_smoothing = 0.0;
    options.from_logits = false;
  }
  if (!scoring.metrics.empty()) {
    options.metrics = scoring.metrics;
    options.weighted_metrics.clear();
  }
  for (OutputOptions& output : options.outputs) {
    if (scoring.loss) output.loss.reset();
    if (!scoring.metrics.empty()) {
      output.metrics.reset();
      output.weighted_metrics.reset();
    }
    if (!scoring.weighted) continue;
    output.weighted_metrics =
        all_weighted(output.metrics.value_or(options.metrics),
                     output.weighted_metrics.value_or(options.weighted_metrics));
    output.metrics.emplace();
  }
  if (scoring.weighted) {
    options.weighted_metrics = all_weighted(options.metrics, options.weighted_metrics);
    options.metrics.clear();
  }
  TrainedModel model = make_ready(std::move(content), path, options, extensions);
  graph::warn_of_outputs(model.model.outputs());
  return model;
}

}  // namespace tusk::evaluation
