// SPDX-License-Identifier: Apache-2.0
#include "net/formats/training_config.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <optional>
#include <utility>

#include "net/formats/keras_graph.hpp"
#include "net/formats/keras_names.hpp"
#include "net/formats/keras_optimizer.hpp"
#include "tusk/error.hpp"

namespace tusk::formats {
namespace {

using Json = nlohmann::json;

struct CompiledLoss {
  std::optional<LossOptions> loss;
  LossDetails details;
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
  const Json smoothing = config.value("label_smoothing", Json(0));
  if (smoothing.is_number() && !(smoothing >= 0 && smoothing < 1)) {
    return fmt::format("loss '{}' has label_smoothing = {}; it must be at least 0 and below 1",
                       name, smoothing.dump());
  }
  const Json axis = config.value("axis", Json(-1));
  if (axis.is_number() && axis != -1 && axis != 1) {
    return fmt::format("loss '{}' has axis = {}; Tusk's is the last", name, axis.dump());
  }
  if (!config.value("ignore_class", Json()).is_null()) {
    return fmt::format("loss '{}' has ignore_class, which Tusk does not have", name);
  }
  const Json reduction = config.value("reduction", Json());
  if (reduction.is_string() && reduction != "sum_over_batch_size" && reduction != "auto" &&
      reduction != "mean") {
    return fmt::format("loss '{}' has reduction {}; Tusk's is the mean", name, reduction.dump());
  }
  return "";
}

bool is_crossentropy(const LossOptions& loss) {
  return loss == LossKind::categorical_crossentropy || loss == LossKind::binary_crossentropy;
}

// The details of a loss in a struct that has them beside it.
void take_details(auto& o, const LossDetails& details) {
  o.huber_delta = details.huber_delta;
  o.label_smoothing = details.label_smoothing;
  o.from_logits = details.from_logits;
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
  if (!config.is_object()) return compiled;
  const auto number = [&](const char* key, double usual) {
    const Json value = config.value(key, Json());
    return value.is_number() ? value.get<double>() : usual;
  };
  compiled.details.huber_delta = number("delta", compiled.details.huber_delta);
  if (compiled.loss == LossOptions(LossKind::huber) && !config.contains("delta")) {
    content.not_compiled.emplace_back(
        "delta of loss 'huber', which Keras 3 does not write; 1 is taken for it, and [model] "
        "huber_delta gives another");
  }
  if (is_crossentropy(*compiled.loss)) {
    compiled.details.label_smoothing = number("label_smoothing", 0.0);
    compiled.details.from_logits = config.value("from_logits", Json(false)) == true;
  }
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

// Metrics as they are said for each output, or once for all of them.
class CompiledMetrics {
 public:
  CompiledMetrics(Json json, const std::vector<OutputOptions>& outputs)
      : json_(std::move(json)),
        outputs_(outputs),
        by_output_(json_.is_object() || is_list_of_lists(json_) ||
                   (json_.is_array() && outputs.size() > 1 && json_.size() == outputs.size())) {}

  Json of(std::size_t index) const {
    if (by_output_) return of_output(json_, outputs_, index);
    return outputs_.size() > 1 ? Json() : json_;
  }
  bool are_for_none() const {
    return outputs_.size() > 1 && !by_output_ && json_.is_array() && !json_.empty();
  }

 private:
  Json json_;
  const std::vector<OutputOptions>& outputs_;
  bool by_output_;
};

void read_compiled(const Json& config, ModelContent& content) {
  const Json loss = config.value("loss", Json());
  const CompiledMetrics metrics(config.value("metrics", Json()), content.outputs);
  const CompiledMetrics weighted(config.value("weighted_metrics", Json()), content.outputs);
  const CompiledLoss first = read_compiled_loss(of_output(loss, content.outputs, 0), content);
  if (content.outputs.size() < 2) {
    content.loss = first.loss;
    take_details(content, first.details);
    content.metrics = read_compiled_metrics(metrics.of(0), content);
    content.weighted_metrics = read_compiled_metrics(weighted.of(0), content);
    return;
  }
  const Json weights = config.value("loss_weights", Json());
  for (std::size_t i = 0; i < content.outputs.size(); ++i) {
    OutputOptions& output = content.outputs[i];
    const CompiledLoss its =
        i == 0 ? first : read_compiled_loss(of_output(loss, content.outputs, i), content);
    output.loss = its.loss;
    take_details(output, its.details);
    const Json weight = of_output(weights, content.outputs, i);
    if (weight.is_number()) output.loss_weight = weight;
    output.metrics = read_compiled_metrics(metrics.of(i), content);
    const auto its_weighted = read_compiled_metrics(weighted.of(i), content);
    if (!its_weighted.empty()) output.weighted_metrics = its_weighted;
  }
  if (metrics.are_for_none() || weighted.are_for_none()) {
    content.not_compiled.emplace_back("metrics that are not said for each output");
  }
}

}  // namespace

void read_training_config(const std::string& json, ModelContent& content) try {
  read_compiled(parse_keras_json(json, "training_config"), content);
} catch (const Json::exception&) {
  content.not_compiled.emplace_back("its training_config cannot be read");
} catch (const Error& error) {
  content.not_compiled.emplace_back(error.what());
}

void read_compiled_optimizer(const std::string& json, ModelContent& content) try {
  const Json config = parse_keras_json(json, "training_config");
  for (const char* key : {"optimizer_config", "optimizer"}) {
    if (const auto its = config.find(key); its != config.end() && its->is_object()) {
      content.optimizer = read_keras_optimizer(*its, "its optimizer", content.not_of_optimizer);
    }
  }
} catch (const Json::exception&) {
  content.not_of_optimizer.emplace_back("its training_config cannot be read");
} catch (const Error& error) {
  content.not_of_optimizer.emplace_back(error.what());
}

}  // namespace tusk::formats
