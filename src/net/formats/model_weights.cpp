// SPDX-License-Identifier: Apache-2.0
#include "net/formats/model_weights.hpp"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <filesystem>

#include "data/hdf5/attributes.hpp"
#include "tusk/error.hpp"

namespace tusk::formats {
namespace {

constexpr const char* group = "model_weights";

// One array of the model and where the file has it.
struct Stored {
  const layers::Parameter* parameter;
  hdf5::NumberDataset dataset;
};

// The parameters of each layer that has any.
std::vector<std::vector<const layers::Parameter*>> by_layer(
    const std::vector<layers::Parameter>& parameters) {
  std::vector<std::vector<const layers::Parameter*>> layers;
  for (const layers::Parameter& parameter : parameters) {
    if (layers.empty() || layers.back().front()->layer != parameter.layer) layers.emplace_back();
    layers.back().push_back(&parameter);
  }
  return layers;
}

// The paths of the arrays of each layer that has any, in the file's order.
std::vector<std::vector<std::string>> stored_paths(const hdf5::File& file) {
  const auto names = hdf5::read_texts(file, group, "layer_names");
  if (!names) {
    fail(ExitCode::bad_data, "{}: group '{}' has no attribute 'layer_names'", file.path(), group);
  }
  std::vector<std::vector<std::string>> layers;
  for (const std::string& name : *names) {
    const std::string layer = fmt::format("{}/{}", group, name);
    std::vector<std::string> paths;
    for (const std::string& weight :
         hdf5::read_texts(file, layer, "weight_names").value_or(std::vector<std::string>())) {
      paths.push_back(fmt::format("{}/{}", layer, weight));
    }
    if (!paths.empty()) layers.push_back(std::move(paths));
  }
  return layers;
}

Stored open_checked(const hdf5::File& file, const std::string& path,
                    const layers::Parameter& parameter) {
  hdf5::NumberDataset dataset = file.dataset(path);
  const auto& extents = parameter.shape.extents();
  if (!std::equal(extents.begin(), extents.end(), dataset.extents().begin(),
                  dataset.extents().end())) {
    fail(ExitCode::bad_data, "{}: data set '{}' has shape {}; the {} of layer '{}' has {}",
         file.path(), path, Shape(dataset.extents()).to_string(), parameter.name, parameter.layer,
         parameter.shape.to_string());
  }
  return {&parameter, std::move(dataset)};
}

std::vector<Stored> match(const hdf5::File& file,
                          const std::vector<layers::Parameter>& parameters) {
  const auto layers = by_layer(parameters);
  const auto paths = stored_paths(file);
  if (layers.size() != paths.size()) {
    fail(ExitCode::bad_data, "{}: weights of {} layers for a model of {} layers with weights",
         file.path(), paths.size(), layers.size());
  }
  std::vector<Stored> stored;
  std::uint64_t bytes = 0;
  for (std::size_t i = 0; i < layers.size(); ++i) {
    if (layers[i].size() != paths[i].size()) {
      fail(ExitCode::bad_data, "{}: layer '{}' has {} arrays in the file, but {} in the model",
           file.path(), layers[i].front()->layer, paths[i].size(), layers[i].size());
    }
    for (std::size_t k = 0; k < paths[i].size(); ++k) {
      stored.push_back(open_checked(file, paths[i][k], *layers[i][k]));
      bytes += stored.back().dataset.stored_bytes();
    }
  }
  if (bytes > std::filesystem::file_size(file.path())) {
    fail(ExitCode::bad_data, "{}: several layers claim the same weights", file.path());
  }
  return stored;
}

}  // namespace

void write_model_weights(hdf5::File& file, const std::vector<std::string>& layers,
                         const std::vector<layers::Parameter>& parameters,
                         std::span<const float> weights) {
  file.create_group(group);
  hdf5::write_attribute(file, group, "layer_names", layers);
  for (const std::string& layer : layers) {
    const std::string path = fmt::format("{}/{}", group, layer);
    file.create_group(path);
    std::vector<std::string> names;
    for (const layers::Parameter& parameter : parameters) {
      if (parameter.layer != layer) continue;
      names.push_back(fmt::format("{}/{}:0", layer, parameter.name));
      const auto& extents = parameter.shape.extents();
      hdf5::NumberDataset dataset =
          file.create_dataset(fmt::format("{}/{}", path, names.back()), ElementType::f32,
                              {extents.begin(), extents.end()});
      dataset.write(0, weights.subspan(parameter.offset, parameter.size()));
    }
    hdf5::write_attribute(file, path, "weight_names", names);
  }
}

AlignedVector<float> read_model_weights(const hdf5::File& file,
                                        const std::vector<layers::Parameter>& parameters) {
  const std::vector<Stored> stored = match(file, parameters);  // before anything is allocated
  std::size_t count = 0;
  for (const layers::Parameter& parameter : parameters) count += parameter.size();
  AlignedVector<float> weights(count);
  for (const Stored& array : stored) {
    const auto target =
        std::span(weights).subspan(array.parameter->offset, array.parameter->size());
    array.dataset.read(0, target);
    if (!std::all_of(target.begin(), target.end(), [](float x) { return std::isfinite(x); })) {
      fail(ExitCode::bad_data, "{}: data set '{}' has weights that are not finite", file.path(),
           array.dataset.name());
    }
  }
  return weights;
}

}  // namespace tusk::formats
