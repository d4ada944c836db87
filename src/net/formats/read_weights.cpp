// SPDX-License-Identifier: Apache-2.0
#include "net/formats/read_weights.hpp"

#include <algorithm>

#include "data/hdf5/attributes.hpp"
#include "net/formats/keras3_weights.hpp"
#include "net/formats/model_weights.hpp"
#include "tusk/error.hpp"

namespace tusk::formats {
namespace {

// The groups of weights as the file has them.
std::vector<StoredGroup> stored_groups(const graph::Model& model,
                                       const std::vector<WeightGroup>& groups, bool is_theano) {
  std::vector<StoredGroup> stored;
  for (const WeightGroup& group : groups) {
    StoredGroup arrays{.is_pruned = group.is_pruned, .arrays = {}};
    std::vector<StoredGroup::Array> untrained;
    for (const graph::GraphLayer& layer : model.graph().layers) {
      if (std::ranges::find(group.entries, layer.entry) == group.entries.end()) continue;
      const LayerOptions& kind = model.layers()[layer.entry];
      bool is_flipped = is_theano && (std::holds_alternative<Conv1dOptions>(kind) ||
                                      std::holds_alternative<Conv2dOptions>(kind) ||
                                      std::holds_alternative<Conv2dTransposeOptions>(kind));
      for (const layers::Parameter& parameter : model.parameters()) {
        if (parameter.layer != layer.name) continue;
        const bool is_trained = parameter.role == layers::Role::trained && !parameter.frozen;
        const bool is_last = group.entries.size() > 1 && !is_trained;
        (is_last ? untrained : arrays.arrays).push_back({&parameter, is_flipped});
        is_flipped = false;  // a bias has no sides
      }
    }
    arrays.arrays.insert(arrays.arrays.end(), untrained.begin(), untrained.end());
    stored.push_back(std::move(arrays));
  }
  return stored;
}

AlignedVector<float> read_by_place(const hdf5::File& file, const graph::Model& model,
                                   const std::vector<Keras3Place>& places) {
  std::vector<WeightGroup> layers;
  for (std::size_t i = 0; i < places.size(); ++i) layers.push_back({.entries = {i}});
  std::vector<StoredGroup> groups;
  std::vector<Keras3Place> wanted;
  const std::vector<StoredGroup> all = stored_groups(model, layers, false);
  for (std::size_t i = 0; i < all.size(); ++i) {
    if (all[i].arrays.empty()) continue;
    groups.push_back(all[i]);
    wanted.push_back(places[i]);
  }
  return read_model_weights(file, groups, keras3_paths(file, wanted));
}

}  // namespace

AlignedVector<float> read_weights(const hdf5::File& file, const ModelContent& content,
                                  const std::vector<WeightGroup>& groups,
                                  const std::vector<Keras3Place>& places) try {
  const graph::Model model = layout_of(content);
  std::string root;
  if (file.has_group("model_weights")) {
    root = "model_weights";
  } else if (!hdf5::read_texts(file, "/", "layer_names")) {
    if (has_keras3_weights(file)) return read_by_place(file, model, places);
    fail(ExitCode::bad_data, "{}: neither a Keras model nor its weights in HDF5 format",
         file.path());
  }
  const bool is_theano = hdf5::read_text(file, "/", "backend") == "theano";
  return read_model_weights(file, root, stored_groups(model, groups, is_theano));
} catch (const Error& error) {
  if (error.code() != ExitCode::bad_experiment) throw;
  fail(ExitCode::bad_data, "{}: {}", file.path(), error.what());  // layers that do not fit
}

}  // namespace tusk::formats
