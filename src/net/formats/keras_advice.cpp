// SPDX-License-Identifier: Apache-2.0
#include "net/formats/keras_advice.hpp"

#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <map>
#include <string_view>
#include <vector>

#include "core/log.hpp"

namespace tusk::formats {
namespace {

bool is_capital(char c) { return c >= 'A' && c <= 'Z'; }

// QDense, HDense, FixedPointQuantizer, BinaryDense, …: of QKeras, HGQ and tfmot.
bool is_quantized(const std::string& name) {
  const bool is_marked =
      name.size() > 2 && (name[0] == 'Q' || name[0] == 'H') && is_capital(name[1]);
  return is_marked || name.find("Quantize") != std::string::npos || name.starts_with("Binary") ||
         name.starts_with("Ternary") || name == "ClusterWeights";
}

bool prepares_data(const std::string& name) {
  constexpr auto others =
      std::to_array<std::string_view>({"CategoryEncoding", "CenterCrop", "Discretization",
                                       "Hashing", "HashedCrossing", "Resizing"});
  return name.starts_with("Random") || name.ends_with("Lookup") ||
         name.ends_with("Vectorization") || std::ranges::find(others, name) != others.end();
}

// "float16" of a layer's `dtype`, which may be an object; empty if it says none.
std::string policy_of(const nlohmann::json& config) {
  if (!config.is_object()) return "";
  nlohmann::json type = config.value("dtype", nlohmann::json());
  if (type.is_object()) type = nlohmann::json(type.value("config", nlohmann::json()));
  if (type.is_object()) type = nlohmann::json(type.value("name", nlohmann::json()));
  return type.is_string() ? type.get<std::string>() : "";
}

using Policies = std::map<std::string, std::vector<std::string>>;  // names of layers

void collect(const KerasGraph& graph, Policies& policies) {
  for (const KerasLayer& layer : graph.layers) {
    if (layer.model != nullptr) {
      collect(*layer.model, policies);
    } else if (!layer.is_input) {
      policies[policy_of(layer.entry.at("config"))].push_back(layer.name);
    }
  }
}

}  // namespace

bool is_tensor_operation(const std::string& class_name) {
  return class_name == "TFOpLambda" || class_name == "SlicingOpLambda" ||
         class_name == "TensorFlowOpLayer";
}

std::string advice_on_class(const std::string& class_name) {
  const std::string name = class_name.substr(class_name.rfind('>') + 1);
  if (name == "Lambda") {
    return "its code is Python's and is never run here; layers (Rescaling, Reshape, Activation) or "
           "transforms of the data may do the same";
  }
  if (is_tensor_operation(name)) {
    return "it is an operation on tensors; call a layer there (Add, Multiply, Rescaling, Reshape), "
           "and save the model again";
  }
  if (is_quantized(name)) {
    return "it computes in few bits, which Tusk does not; train a model of plain layers (Dense for "
           "QDense), or take the quantization off where it was put on";
  }
  if (prepares_data(name)) {
    return "it prepares data; do so before ('tusk convert', transforms, augment), and save the "
           "layers behind it as a model";
  }
  return "a program of your own can add it to Tusk (docs/extending)";
}

std::string advice_on_activation(const std::string& name) {
  if (name.starts_with("quantized") || name.starts_with("binary") || name.starts_with("ternary") ||
      name.starts_with("stochastic")) {
    return "it is one of QKeras's, which compute in few bits; train a model with a plain one";
  }
  if (!name.empty() && is_capital(name[0])) return "call that as a layer behind this one instead";
  return "give the layer none and put a layer of your own behind it, which a program of yours adds "
         "to Tusk (docs/extending), or train with another";
}

void warn_of_precision(const KerasGraph& graph, const std::string& path) {
  Policies policies;
  collect(graph, policies);
  for (auto& [policy, names] : policies) {
    const bool is_half = policy.find("float16") != std::string::npos;
    if (!is_half && policy != "float64") continue;
    constexpr std::size_t most = 3;
    const std::size_t more = names.size() - std::min(names.size(), most);
    names.resize(names.size() - more);
    warning(
        "{}: layer{} '{}'{} computed in {} where the model was made and {} in float32 here: "
        "predictions differ by some {}",
        path, names.size() + more == 1 ? "" : "s", fmt::join(names, "', '"),
        more == 0 ? "" : fmt::format(" and {} more", more), policy,
        names.size() + more == 1 ? "does" : "do", is_half ? "1e-3" : "1e-7");
  }
}

}  // namespace tusk::formats
