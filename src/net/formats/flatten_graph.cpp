// SPDX-License-Identifier: Apache-2.0
#include "net/formats/flatten_graph.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <optional>
#include <utility>
#include <vector>

#include "net/formats/keras1_words.hpp"
#include "net/formats/keras3_weights.hpp"
#include "net/formats/keras_layer.hpp"
#include "net/graph/entry_names.hpp"
#include "tusk/error.hpp"

namespace tusk::formats {
namespace {

using Json = nlohmann::json;

constexpr std::size_t most_calls = 4096;

// A model in its place: the whole one, or a layer of another's.
struct Place {
  const KerasGraph* graph;
  const Place* outer = nullptr;
  const KerasLayer* layer = nullptr;  // of the outer one
  std::string prefix;                 // of the names of its layers
  std::size_t times = 1;              // it is called, all calls of the outer one counted
  bool is_trainable = true;
  Keras3Place place{};
  std::map<const KerasLayer*, Keras3Step> steps{};  // where Keras 3 keeps its layers
  std::map<std::string, Place> inner;               // by the name of the layer
};

class Flattener {
 public:
  Flattener(const std::string& path, bool is_keras3, const Extensions& extensions)
      : path_(path), is_keras3_(is_keras3), extensions_(extensions) {}

  ModelConfig flatten(const KerasGraph& graph) {
    Place whole{.graph = &graph};
    whole.is_trainable = graph.is_trainable;
    enter(whole);
    for (const KerasLayer& layer : graph.layers) add_top(whole, layer);
    if (out_.layers.empty()) fail(ExitCode::bad_data, "{}: holds a model without layers", path_);
    const bool is_chain = graph.is_sequential && is_a_chain(whole);
    for (std::size_t i = 0; i < further_.size(); ++i) out_.layers.push_back(std::move(further_[i]));
    add_ends(whole);
    if (is_chain) make_chain();
    return std::move(out_);
  }

 private:
  // Finds the places of the layers of a model, and of the models within it.
  void enter(Place& place) {
    std::map<std::string, std::size_t> seen;  // layers of each type
    for (const KerasLayer& layer : place.graph->layers) {
      if (layer.is_input) continue;
      const std::string type = type_of(layer);
      place.steps[&layer] = {.type = type, .index = seen[type]++};
      if (layer.model == nullptr) continue;
      Place within{.graph = layer.model.get(), .outer = &place, .layer = &layer};
      within.prefix = place.prefix + layer.name + ".";
      within.times = place.times * layer.calls.size();
      within.place = place_of(place, layer);
      within.is_trainable = place.is_trainable && layer.is_trainable && layer.model->is_trainable;
      if (within.times > most_calls) {
        fail(ExitCode::bad_data, "{}: model '{}' is called more than {} times", path_, layer.name,
             most_calls);
      }
      enter(place.inner.emplace(layer.name, std::move(within)).first->second);
    }
  }

  static std::string type_of(const KerasLayer& layer) {
    return layer.model != nullptr && !layer.model->is_sequential
               ? "functional"
               : keras3_class_path(layer.entry.at("class_name"));
  }

  // Where Keras 3 keeps the weights of a layer of this model.
  static Keras3Place place_of(const Place& model, const KerasLayer& layer) {
    Keras3Place place = model.place;
    place.push_back(model.steps.at(&layer));
    return place;
  }

  // The name of a value in the `time`th call of the model that it is in.
  std::string name_of(const Place& place, const KerasTensor& tensor, std::size_t time,
                      int steps = 0) const {
    if (steps > 1000) {
      fail(ExitCode::bad_data, "{}: the outputs of its models are each other's inputs", path_);
    }
    const KerasLayer& layer = *place.graph->find(tensor.layer);
    if (layer.is_input) return name_of_input(place, layer, time, steps);
    const std::size_t call = time * layer.calls.size() + tensor.call;
    if (layer.model != nullptr) {
      if (tensor.output >= layer.model->outputs.size()) {
        fail(ExitCode::bad_data, "{}: model '{}' has no output {}", path_, layer.name,
             tensor.output);
      }
      const Place& within = place.inner.at(layer.name);
      return name_of(within, layer.model->outputs[tensor.output], call, steps + 1);
    }
    std::string name = place.prefix + layer.name;
    if (call > 0) name += fmt::format(":{}", call);
    if (tensor.output > 0) name += fmt::format("#{}", tensor.output);
    return name;
  }

  std::string name_of_input(const Place& place, const KerasLayer& input, std::size_t time,
                            int steps) const {
    if (place.outer == nullptr) return input.name;
    const auto& inputs = place.graph->inputs;
    const auto index = static_cast<std::size_t>(
        std::ranges::find(inputs, input.name, &KerasTensor::layer) - inputs.begin());
    const std::size_t calls = place.layer->calls.size();
    const std::vector<KerasTensor>& given = place.layer->calls[time % calls];
    if (index >= given.size()) {
      fail(ExitCode::bad_data, "{}: model '{}' is called with {} inputs, but reads more", path_,
           place.layer->name, given.size());
    }
    return name_of(*place.outer, given[index], time / calls, steps + 1);
  }

  // A layer of the whole model, with its group of weights in the file.
  void add_top(const Place& whole, const KerasLayer& layer) {
    if (layer.is_input) return;
    out_.weights.push_back({.is_pruned = layer.is_pruned, .entries = {}});
    if (layer.model == nullptr) return add(whole, layer);
    add_all(whole.inner.at(layer.name));
  }

  void add_all(const Place& place) {
    for (const KerasLayer& layer : place.graph->layers) {
      if (layer.is_input) continue;
      if (layer.is_pruned) {
        fail(ExitCode::bad_data,
             "{}: '{}' is pruned within a model; save the model without, by "
             "tfmot.sparsity.keras.strip_pruning",
             path_, layer.name);
      }
      if (layer.model != nullptr) {
        add_all(place.inner.at(layer.name));
      } else {
        add(place, layer);
      }
    }
  }

  void add(const Place& place, const KerasLayer& layer) {
    LayerEntry entry;
    LayerOptions& options = entry;
    if (is_keras3_) {
      options = read_keras_layer(layer.entry, path_, extensions_);
    } else {
      options = read_keras_layer(in_words_of_keras2(layer.entry, path_), path_, extensions_);
      mean_as_before_keras3(options);
    }
    entry.name = place.prefix + layer.name;
    entry.trainable = place.is_trainable && layer.is_trainable;
    for (std::size_t time = 0; time < place.times; ++time) {
      for (const std::vector<KerasTensor>& call : layer.calls) {
        std::vector<std::string> inputs;
        for (const KerasTensor& tensor : call) inputs.push_back(name_of(place, tensor, time));
        if (entry.inputs.empty()) {
          entry.inputs = std::move(inputs);
          continue;
        }
        LayerEntry again;
        again.use = entry.name;
        again.inputs = std::move(inputs);
        further_.push_back(std::move(again));
      }
    }
    out_.weights.back().entries.push_back(out_.layers.size());
    out_.places.push_back(place_of(place, layer));
    out_.layers.push_back(std::move(entry));
  }

  // Whether each layer is called once, with what the one before it gives.
  bool is_a_chain(const Place& whole) const {
    if (!further_.empty()) return false;
    std::string last = whole.graph->inputs.front().layer;
    for (const LayerEntry& layer : out_.layers) {
      if (layer.inputs.size() != 1 || layer.inputs.front() != last) return false;
      last = layer.name;
    }
    return last == name_of(whole, whole.graph->outputs.front(), 0);
  }

  void add_ends(const Place& whole) {
    for (const KerasTensor& input : whole.graph->inputs) {
      const KerasLayer& layer = *whole.graph->find(input.layer);
      out_.inputs.push_back({layer.name, input_shape(layer).extents()});
    }
    for (const KerasTensor& output : whole.graph->outputs) {
      out_.outputs.push_back({.name = name_of(whole, output, 0)});
    }
    out_.input = Shape(out_.inputs.front().shape);
  }

  // Of an InputLayer; in a Sequential without one the first layer has it, or the first one of the
  // model that this is, or the model.
  Shape input_shape(const KerasLayer& layer) const {
    const Json* entry = &layer.entry;
    while (true) {
      if (const auto shape = shape_of_input(*entry, path_)) return *shape;
      const Json& config = entry->at("config");
      const Json* entries = config.is_array() ? &config : nullptr;
      if (config.is_object() && config.contains("layers")) entries = &config.at("layers");
      if (entries == nullptr || !entries->is_array() || entries->empty()) break;
      entry = &entries->front();
    }
    fail(ExitCode::bad_data, "{} is the first one and does not say its input's shape",
         keras_layer_place(layer.entry, path_));
  }

  // Names are kept where they are not those that the layers would get anyhow. None at all where
  // they would not do for layers of ours: a chain does not need them.
  void make_chain() {
    out_.inputs.clear();
    out_.outputs.clear();
    std::vector<LayerEntry> plain = out_.layers;
    for (LayerEntry& layer : plain) {
      layer.inputs.clear();
      layer.name.clear();
    }
    std::vector<LayerEntry> named = out_.layers;
    std::vector<std::string> names;
    for (LayerEntry& layer : named) {
      names.push_back(layer.name);
      layer.inputs.clear();
    }
    try {
      const bool are_usual = graph::names_of_entries(plain) == names;
      if (!are_usual) graph::names_of_entries(named);
      out_.layers = are_usual ? std::move(plain) : std::move(named);
    } catch (const Error&) {
      out_.layers = std::move(plain);
    }
  }

  const std::string& path_;
  bool is_keras3_;
  const Extensions& extensions_;
  ModelConfig out_;
  std::vector<LayerEntry> further_;  // calls, behind all layers
};

}  // namespace

ModelConfig flatten_graph(const KerasGraph& graph, const std::string& path, bool is_keras3,
                          const Extensions& extensions) {
  return Flattener(path, is_keras3, extensions).flatten(graph);
}

}  // namespace tusk::formats
