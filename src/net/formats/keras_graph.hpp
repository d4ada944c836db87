// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <memory>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

#include "tusk/shape.hpp"

namespace tusk::formats {

// A model as Keras's configuration has it, Sequential or Functional: layers, of which some are
// models in themselves, and what is called with the outputs of what. flatten_graph() makes one
// graph of all of them.

// An output of a call of a layer.
struct KerasTensor {
  std::string layer;
  std::size_t call = 0;
  std::size_t output = 0;
};

struct KerasGraph;

struct KerasLayer {
  nlohmann::json entry;  // {"class_name", "config", …}
  std::string name;
  bool is_input = false;  // of the model; it is not called
  bool is_trainable = true;
  bool is_pruned = false;  // its kernels are stored beside masks
  std::vector<std::vector<KerasTensor>> calls;
  std::unique_ptr<KerasGraph> model;  // if it is one
};

struct KerasGraph {
  bool is_sequential = false;
  bool is_trainable = true;
  std::vector<KerasLayer> layers;
  std::vector<KerasTensor> inputs;
  std::vector<KerasTensor> outputs;

  const KerasLayer* find(const std::string& name) const;
};

// `model`: {"class_name", "config"}, in any of the dialects in which Keras has written calls:
//
//   1, 2             [[["a", 0, 0, {}], ["b", 0, 0, {}]]]
//   tf.keras 2.4     [["a", 0, 0, {}]] as well
//   3                [{"args": [tensors], "kwargs": {}}]
//
// Calls of a model are counted from 1 by Keras before 3 (`is_keras3` says which), and by Keras 3
// from 0, but from 1 where a Functional's are a model's outputs. Here they count from 0.
//
// Error(bad_data) that names `path` and the layer; Json::exception if it is no model at all.
KerasGraph read_keras_graph(const nlohmann::json& model, const std::string& path, bool is_keras3);

// Keras's JSON. Error(bad_data) that names `path` if it is nested deeper than any that Keras
// writes, so that whoever goes through it may do so by recursion; Json::exception if it is no JSON.
nlohmann::json parse_keras_json(const std::string& json, const std::string& path);

// What a layer says of its input: Keras 2 as batch_input_shape, Keras 3 as batch_shape; a null is
// nothing.
std::optional<Shape> shape_of_input(const nlohmann::json& layer, const std::string& path);

// [null, 28, 28] without the batch. `where` begins messages.
Shape read_keras_shape(const nlohmann::json& shape, const std::string& where);

}  // namespace tusk::formats
