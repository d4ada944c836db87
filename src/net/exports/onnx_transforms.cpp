// SPDX-License-Identifier: Apache-2.0
#include "net/exports/onnx_transforms.hpp"

#include <nlohmann/json.hpp>

#include "net/exports/onnx_transform_steps.hpp"
#include "tusk/error.hpp"

namespace tusk::exports {
namespace {

using Json = nlohmann::json;

// A step that changes samples, not one of labels, nor what says in which numbers all compute.
bool is_of_samples(const Json& step) {
  const Json& type = step.at("type");
  return type != "precision" && type != "binary_label" && type != "labels";
}

}  // namespace

OnnxTransforms look_at(const std::string& transforms) {
  OnnxTransforms seen;
  for (const Json& step : Json::parse(transforms)) {
    if (step.at("type") == "precision") seen.from_float64 = step.at("numbers") == "float64";
    if (is_of_samples(step)) seen.are_none = false;
  }
  return seen;
}

Shape stored_shape(const std::string& transforms, const Shape& input) {
  std::size_t width = input.elements();
  bool is_row = false;
  for (const Json& step : Json::parse(transforms)) {
    if (step.at("type") == "reshape") is_row = true;
    if (step.at("type") != "one_hot") continue;
    is_row = true;
    const std::size_t added = step.at("categories").size() - 1;
    if (step.at("categories").empty() || added >= width) {
      fail(ExitCode::bad_data, "a one_hot of {} categories does not leave {} columns", added + 1,
           input.elements());
    }
    width -= added;
  }
  return is_row ? Shape{width} : input;
}

OnnxGraph::Value add_transforms(OnnxGraph& onnx, const OnnxGraph::Value& rows,
                                const std::string& transforms, const Shape& stored,
                                const Shape& input) {
  const OnnxTransforms seen = look_at(transforms);
  OnnxRows now{onnx.reshaped(rows, Shape{stored.elements()}), stored.elements()};
  if (!seen.from_float64) now.value = onnx.cast(now.value, OnnxType::f64);
  std::size_t index = 0;
  for (const Json& step : Json::parse(transforms)) {
    if (!is_of_samples(step)) continue;
    try {
      now = do_step(onnx, now, step);
    } catch (const Error& error) {
      fail(error.code(), "transform {}: {}", index, error.what());
    }
    if (!seen.from_float64) {
      now.value = onnx.cast(onnx.cast(now.value, OnnxType::f32), OnnxType::f64);
    }
    ++index;
  }
  if (now.width != input.elements()) {
    fail(ExitCode::bad_data, "the transforms leave {} numbers, but the network takes {}", now.width,
         input.elements());
  }
  return onnx.reshaped(onnx.cast(now.value, OnnxType::f32), input);
}

OnnxGraph::Value undo_labels(OnnxGraph& onnx, const OnnxGraph::Value& predictions,
                             const std::string& transforms, std::size_t output,
                             const Shape& shape) {
  Json steps = Json::array();
  for (const Json& step : Json::parse(transforms)) {
    if (step.at("type") != "labels") continue;
    const Json& lists = step.at("lists");
    steps = lists.size() == 1 ? lists.at(0) : lists.at(output);
  }
  OnnxRows now{predictions, shape.elements()};
  bool are_some = false;
  for (auto step = steps.rbegin(); step != steps.rend(); ++step) {
    if (!is_of_samples(*step)) continue;
    if (!are_some) {
      now.value = onnx.cast(onnx.reshaped(predictions, Shape{now.width}), OnnxType::f64);
    }
    are_some = true;
    now = undo_step(onnx, now, *step);
  }
  return are_some ? onnx.reshaped(onnx.cast(now.value, OnnxType::f32), shape) : predictions;
}

}  // namespace tusk::exports
