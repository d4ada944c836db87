// SPDX-License-Identifier: Apache-2.0
#include "use/evaluation/trained_model.hpp"

#include <utility>

#include "net/formats/model_file.hpp"
#include "tusk/error.hpp"

namespace tusk::evaluation {
namespace {

TrainedModel make_ready(formats::ModelContent content, const std::string& path,
                        const LossOptions& loss, std::vector<MetricKind> metrics,
                        const Extensions& extensions) {
  const ModelOptions options{.layers = std::move(content.layers),
                             .file = path,
                             .loss = loss,
                             .huber_delta = content.huber_delta,
                             .metrics = std::move(metrics)};
  graph::Model model(options, content.input);
  const bool is_regression = model.labels() == LabelKind::values;
  return {.model = std::move(model),
          .classifies = !is_regression || !content.class_names.empty(),
          .weights = std::move(content.weights),
          .transforms = transforms::Transforms::from_json(content.transforms, path, extensions),
          .class_names = std::move(content.class_names),
          .columns = std::move(content.columns),
          .huber_delta = content.huber_delta};
}

}  // namespace

TrainedModel load_for_prediction(const std::string& path, const Extensions& extensions) {
  formats::ModelContent content = formats::load_model(path, extensions);
  // Predictions do not depend on it.
  const LossOptions loss = content.loss.value_or(LossKind::mse);
  return make_ready(std::move(content), path, loss, {}, extensions);
}

TrainedModel load_for_evaluation(const std::string& path, const Scoring& scoring,
                                 const Extensions& extensions) {
  formats::ModelContent content = formats::load_model(path, extensions);
  if (!scoring.loss && !content.loss) {
    fail(ExitCode::bad_data,
         "{}: the model does not say what loss it was trained with; --loss does", path);
  }
  const LossOptions loss = scoring.loss ? *scoring.loss : *content.loss;
  auto metrics = scoring.metrics.empty() ? std::move(content.metrics) : scoring.metrics;
  return make_ready(std::move(content), path, loss, std::move(metrics), extensions);
}

}  // namespace tusk::evaluation
