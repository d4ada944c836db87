// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>
#include <algorithm>

#include <nlohmann/json.hpp>
#include <variant>

#include "net/formats/keras_optimizer.hpp"
#include "net/formats/training_config.hpp"
#include "tusk/error.hpp"

namespace tusk::formats {
namespace {

using OrderedJson = nlohmann::ordered_json;

OrderedJson object_json(const char* class_name, OrderedJson config) {
  return {{"class_name", class_name}, {"config", std::move(config)}};
}

// Objects, not names: Keras 3 cannot load its own "mse" in .h5. Null for a loss of a user's.
OrderedJson loss_json(const LossOptions& loss, const LossDetails& details, bool one_hot) {
  if (std::holds_alternative<UserLoss>(loss)) return nullptr;
  OrderedJson config{{"reduction", "sum_over_batch_size"}};
  const auto named = [&](const char* class_name, const char* name) {
    config["name"] = name;
    return object_json(class_name, config);
  };
  const LossKind kind = std::get<LossKind>(loss);
  if (kind == LossKind::mse) return named("MeanSquaredError", "mean_squared_error");
  if (kind == LossKind::mae) return named("MeanAbsoluteError", "mean_absolute_error");
  if (kind == LossKind::huber) {
    config["delta"] = details.huber_delta;
    return named("Huber", "huber_loss");
  }
  config["from_logits"] = details.from_logits;
  // Keras smooths no class indices.
  if (kind == LossKind::categorical_crossentropy && !one_hot && details.label_smoothing == 0.0) {
    return named("SparseCategoricalCrossentropy", "sparse_categorical_crossentropy");
  }
  config["label_smoothing"] = details.label_smoothing;
  if (kind == LossKind::categorical_crossentropy) {
    return named("CategoricalCrossentropy", "categorical_crossentropy");
  }
  return named("BinaryCrossentropy", "binary_crossentropy");
}

OrderedJson metrics_json(const std::vector<MetricKind>& metrics) {
  OrderedJson list = OrderedJson::array();
  for (const MetricKind metric : metrics) {
    switch (metric) {
      case MetricKind::accuracy:
        list.emplace_back("accuracy");  // which of Keras's it is depends on the loss
        break;
      case MetricKind::mse:
        list.push_back(object_json("MeanSquaredError", {{"name", "mse"}}));
        break;
      case MetricKind::mae:
        list.push_back(object_json("MeanAbsoluteError", {{"name", "mae"}}));
        break;
    }
  }
  return list;
}

}  // namespace

std::string write_training_config(const ModelContent& content, std::string& obstacle) {
  if (!content.optimizer) {
    obstacle = "no optimizer is known";
    return "";
  }
  const OrderedJson optimizer = write_keras_optimizer(*content.optimizer);
  if (optimizer.is_null()) {
    obstacle = std::holds_alternative<UserOptimizer>(content.optimizer->kind)
                   ? "its optimizer is none of Keras's"
                   : "its learning rate follows a schedule with a warm-up";
    return "";
  }
  OrderedJson loss = OrderedJson::array();
  OrderedJson weights = OrderedJson::array();
  OrderedJson metrics = OrderedJson::array();
  OrderedJson weighted = OrderedJson::array();
  const auto add = [&](const auto& o, const LossOptions& its_loss, const LossDetails& details,
                       double loss_weight) {
    const std::size_t labels = std::min(loss.size(), content.one_hot_labels.size() - 1);
    const bool one_hot = !content.one_hot_labels.empty() && content.one_hot_labels[labels] != 0;
    loss.push_back(loss_json(its_loss, details, one_hot));
    weights.push_back(loss_weight);
    metrics.push_back(metrics_json(o.metrics));
    weighted.push_back(metrics_json(o.weighted_metrics));
  };
  struct Metrics {
    std::vector<MetricKind> metrics;
    std::vector<MetricKind> weighted_metrics;
  };
  for (const OutputOptions& output : content.outputs) {
    if (!output.loss && !content.loss) continue;
    add(Metrics{output.metrics.value_or(content.metrics),
                output.weighted_metrics.value_or(content.weighted_metrics)},
        output.loss ? *output.loss : *content.loss,
        output.loss ? loss_details(output) : loss_details(content), output.loss_weight);
  }
  if (content.outputs.empty() && content.loss) {
    add(Metrics{content.metrics, content.weighted_metrics}, *content.loss, loss_details(content),
        1.0);
  }
  if (loss.empty() || loss.size() < content.outputs.size()) {
    obstacle = "no loss is known";
    return "";
  }
  for (const OrderedJson& its : loss) {
    if (!its.is_null()) continue;
    obstacle = "its loss is none of Keras's";
    return "";
  }
  const bool is_only = loss.size() == 1;
  const OrderedJson config{{"loss", is_only ? loss[0] : loss},
                           {"loss_weights", is_only && weights[0] == 1.0 ? OrderedJson() : weights},
                           {"metrics", is_only ? metrics[0] : metrics},
                           {"weighted_metrics", is_only ? weighted[0] : weighted},
                           {"optimizer_config", optimizer}};
  return config.dump();
}

}  // namespace tusk::formats
