// SPDX-License-Identifier: Apache-2.0
#include "net/formats/training_config.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <optional>

#include "net/formats/keras_graph.hpp"
#include "net/formats/keras_names.hpp"

namespace tusk::formats {
namespace {

using Json = nlohmann::json;

struct CompiledLoss {
  std::optional<LossOptions> loss;
  double huber_delta = 1.0;
};

// "mse", {"class_name": "MeanSquaredError", "config": {…}} or {"class_name": "function", "config":
// "mse"} as a name in small letters.
std::string name_of_object(const Json& object) {
  if (object == "MSE") return "mse";
  if (object == "MAE") return "mae";
  if (object.is_string()) return to_snake_case(object.get<std::string>());
  if (!object.is_object()) return "";
  const Json config = object.value("config", Json());
  const std::string type = object.value("class_name", "");
  if (type == "function" && config.is_string()) return config;
  if (type == "MeanMetricWrapper" && config.is_object()) return config.value("name", type);
  return to_snake_case(type.substr(type.rfind('>') + 1));
}

// Why a loss cannot be what it was compiled as; empty where it can.
std::string obstacle_of(const std::string& name, const Json& config) {
  if (!value_of<LossKind>(name)) return fmt::format("loss '{}' is none of Tusk's", name);
  if (!config.is_object()) return "";
  if (config.value("from_logits", Json(false)) == true) {
    return fmt::format(
        "loss '{}' has from_logits = true; end the model in the activation instead, and use the "
        "loss without",
        name);
  }
  const Json smoothing = config.value("label_smoothing", Json(0));
  if (smoothing.is_number() && smoothing != 0) {
    return fmt::format("loss '{}' has label_smoothing = {}, which Tusk does not have", name,
                       smoothing.dump());
  }
  const Json reduction = config.value("reduction", Json());
  if (reduction.is_string() && reduction != "sum_over_batch_size" && reduction != "auto" &&
      reduction != "mean") {
    return fmt::format("loss '{}' has reduction {}; Tusk's is the mean", name, reduction.dump());
  }
  return "";
}

CompiledLoss read_compiled_loss(const Json& json, ModelContent& content) {
  CompiledLoss compiled;
  std::string name = name_of_object(json);
  if (name.empty()) return compiled;
  if (name == "huber_loss") name = "huber";
  const Json config = json.is_object() ? json.value("config", Json()) : Json();
  if (std::string reason = obstacle_of(name, config); !reason.empty()) {
    content.not_compiled.push_back(std::move(reason));
    return compiled;
  }
  compiled.loss = *value_of<LossKind>(name);
  if (config.is_object() && config.contains("delta")) compiled.huber_delta = config.at("delta");
  return compiled;
}

std::vector<MetricKind> read_compiled_metrics(const Json& json, ModelContent& content) {
  std::vector<MetricKind> metrics;
  const auto add = [&](const Json& metric) {
    if (const auto kind = value_of<MetricKind>(name_of_object(metric))) {
      if (std::ranges::find(metrics, *kind) == metrics.end()) metrics.push_back(*kind);
    } else if (!metric.is_null()) {
      content.not_compiled.push_back(
          fmt::format("metric '{}' is none of Tusk's", name_of_object(metric)));
    }
  };
  if (json.is_array()) {
    for (const Json& metric : json) add(metric);
  } else {
    add(json);
  }
  return metrics;
}

// Of a list or an object what concerns an output: by its place, or by the name of its layer. What
// is neither concerns every output.
Json of_output(const Json& json, const std::vector<OutputOptions>& outputs, std::size_t index) {
  if (json.is_array()) return index < json.size() ? json[index] : Json();
  if (!json.is_object() || json.contains("class_name")) return json;
  if (outputs.empty()) return json.size() == 1 ? json.front() : Json();  // a chain has one output
  const std::string& name = outputs[index].name;
  for (const auto& [key, value] : json.items()) {
    if (name == key || name.starts_with(key + ".")) return value;
  }
  return Json();
}

bool is_list_of_lists(const Json& metrics) {
  return metrics.is_array() && !metrics.empty() && metrics.front().is_array();
}

void read_compiled(const Json& config, ModelContent& content) {
  const Json loss = config.value("loss", Json());
  const Json metrics = config.value("metrics", Json());
  const bool by_output = metrics.is_object() || is_list_of_lists(metrics) ||
                         (metrics.is_array() && content.outputs.size() > 1 &&
                          metrics.size() == content.outputs.size());
  const CompiledLoss first = read_compiled_loss(of_output(loss, content.outputs, 0), content);
  const Json its_metrics = by_output ? of_output(metrics, content.outputs, 0) : metrics;
  if (content.outputs.size() < 2) {
    content.loss = first.loss;
    content.huber_delta = first.huber_delta;
    content.metrics = read_compiled_metrics(its_metrics, content);
    return;
  }
  const Json weights = config.value("loss_weights", Json());
  for (std::size_t i = 0; i < content.outputs.size(); ++i) {
    OutputOptions& output = content.outputs[i];
    const CompiledLoss its =
        i == 0 ? first : read_compiled_loss(of_output(loss, content.outputs, i), content);
    output.loss = its.loss;
    output.huber_delta = its.huber_delta;
    const Json weight = of_output(weights, content.outputs, i);
    if (weight.is_number()) output.loss_weight = weight;
    output.metrics =
        read_compiled_metrics(by_output ? of_output(metrics, content.outputs, i) : Json(), content);
  }
  if (!by_output && metrics.is_array() && !metrics.empty()) {
    content.not_compiled.emplace_back("metrics that are not said for each output");
  }
}

}  // namespace

void read_training_config(const std::string& json, ModelContent& content) try {
  read_compiled(parse_keras_json(json, "training_config"), content);
} catch (const Json::exception&) {
  content.not_compiled.emplace_back("its training_config cannot be read");
}

}  // namespace tusk::formats
