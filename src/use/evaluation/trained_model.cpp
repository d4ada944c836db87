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

TrainedModel make_ready(formats::ModelContent content, const std::string& path,
                        const ModelOptions& options, const Extensions& extensions) {
  if (content.inputs.size() > 1) {
    fail(ExitCode::bad_data,
         "{}: the model has {} inputs, but this version reads data of one array a sample", path,
         content.inputs.size());
  }
  graph::Model model = formats::make_model(options, content);
  AlignedVector<float> weights = formats::weights_for(model, content);
  const bool is_regression = model.labels() == LabelKind::values;
  const auto index_limit = model.index_limit();
  const LossDetails details = loss_details(model.outputs().front());
  return {.model = std::move(model),
          .classifies = !is_regression || !content.class_names.empty(),
          .weights = std::move(weights),
          .transforms = transforms::Transforms::from_json(content.transforms, path, extensions)
                            .with_index_limit(index_limit),
          .class_names = std::move(content.class_names),
          .columns = std::move(content.columns),
          .loss_details = details};
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

TrainedModel load_for_prediction(const std::string& path, const Extensions& extensions,
                                 const std::string& weights) {
  formats::ModelContent content = formats::load_model(path, extensions, weights);
  ModelOptions options = formats::options_of(content);  // a loss that is missing does not matter
  options.metrics.clear();
  options.weighted_metrics.clear();
  if (options.outputs.size() > 1) {
    fail(ExitCode::bad_data,
         "{}: the model has {} outputs, but this version writes predictions of one", path,
         options.outputs.size());
  }
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
  return make_ready(std::move(content), path, options, extensions);
}

}  // namespace tusk::evaluation
