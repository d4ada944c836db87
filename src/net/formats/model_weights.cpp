// SPDX-License-Identifier: Apache-2.0
#include "net/formats/model_weights.hpp"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <optional>

#include "data/hdf5/attributes.hpp"
#include "data/hdf5/memory_file.hpp"
#include "tusk/error.hpp"

namespace tusk::formats {
namespace {

constexpr const char* root_of_models = "model_weights";

// One array of the model and where the file has it: several data sets for the gates of Keras 1.
struct Stored {
  StoredGroup::Array array;
  std::vector<hdf5::NumberDataset> pieces;  // side by side along the last axis
  std::optional<hdf5::NumberDataset> mask;  // that it is multiplied with
};

// The paths of the arrays of each layer that has any, in the file's order.
std::vector<std::vector<std::string>> stored_paths(const hdf5::File& file,
                                                   const std::string& root) {
  const auto names = hdf5::read_texts(file, root.empty() ? "/" : root, "layer_names");
  if (!names) {
    fail(ExitCode::bad_data, "{}: group '{}' has no attribute 'layer_names'", file.path(), root);
  }
  std::vector<std::vector<std::string>> layers;
  for (const std::string& name : *names) {
    const std::string layer = root.empty() ? name : fmt::format("{}/{}", root, name);
    std::vector<std::string> paths;
    for (const std::string& weight :
         hdf5::read_texts(file, layer, "weight_names").value_or(std::vector<std::string>())) {
      paths.push_back(fmt::format("{}/{}", layer, weight));
    }
    if (!paths.empty()) layers.push_back(std::move(paths));
  }
  return layers;
}

bool is_shape(const hdf5::NumberDataset& dataset, const std::vector<std::size_t>& extents) {
  return std::ranges::equal(extents, dataset.extents());
}

hdf5::NumberDataset open_checked(const hdf5::File& file, const std::string& path,
                                 const layers::Parameter& parameter, std::size_t parts = 1) {
  hdf5::NumberDataset dataset = file.dataset(path);
  std::vector<std::size_t> extents = parameter.shape.extents();
  if (!extents.empty()) extents.back() /= parts;
  if (is_shape(dataset, extents)) return dataset;
  if (extents.size() == 3) {  // Keras 1 convolves steps as images of one column
    extents.insert(extents.begin() + 1, 1);
    if (is_shape(dataset, extents)) return dataset;
    extents.erase(extents.begin() + 1);
  }
  fail(ExitCode::bad_data, "{}: data set '{}' has shape {}; the {} of layer '{}' has {}",
       file.path(), path, Shape(dataset.extents()).to_string(), parameter.name, parameter.layer,
       Shape(extents).to_string());
}

// The gates of a recurrent layer of Keras 1, W, U and b of each: LSTM's are i, c, f, o there.
std::vector<Stored> open_gates(const hdf5::File& file, const std::vector<std::string>& paths,
                               const StoredGroup& group) {
  const bool is_lstm = paths.size() == 12;
  const std::vector<std::size_t> gates =
      is_lstm ? std::vector<std::size_t>{0, 2, 1, 3} : std::vector<std::size_t>{0, 1, 2};
  std::vector<Stored> stored;
  for (std::size_t i = 0; i < group.arrays.size(); ++i) {
    stored.push_back({.array = group.arrays[i], .pieces = {}, .mask = {}});
    for (const std::size_t gate : gates) {
      stored.back().pieces.push_back(
          open_checked(file, paths[3 * gate + i], *group.arrays[i].parameter, gates.size()));
    }
  }
  return stored;
}

// Masks are named so, and stand behind the arrays in the order of those that they are of.
void open_masks(const hdf5::File& file, std::span<const std::string> paths,
                std::span<Stored> arrays) {
  std::size_t next = 0;
  for (const std::string& path : paths) {
    if (path.substr(path.rfind('/') + 1).find("mask") == std::string::npos) continue;
    hdf5::NumberDataset mask = file.dataset(path);
    while (next < arrays.size() && !is_shape(mask, arrays[next].array.parameter->shape.extents())) {
      ++next;
    }
    if (next == arrays.size()) {
      fail(ExitCode::bad_data, "{}: data set '{}' is a mask of shape {}, which no array has",
           file.path(), path, Shape(mask.extents()).to_string());
    }
    arrays[next++].mask = std::move(mask);
  }
}

std::vector<Stored> open_group(const hdf5::File& file, const std::vector<std::string>& paths,
                               const StoredGroup& group) {
  const std::size_t count = group.arrays.size();
  if (count == 3 && (paths.size() == 12 || paths.size() == 9))
    return open_gates(file, paths, group);
  if (group.is_pruned ? paths.size() < count : paths.size() != count) {
    fail(ExitCode::bad_data, "{}: layer '{}' has {} arrays in the file, but {} in the model",
         file.path(), group.arrays.front().parameter->layer, paths.size(), count);
  }
  std::vector<Stored> stored;
  for (std::size_t i = 0; i < count; ++i) {
    stored.push_back({.array = group.arrays[i], .pieces = {}, .mask = {}});
    stored.back().pieces.push_back(open_checked(file, paths[i], *group.arrays[i].parameter));
  }
  if (group.is_pruned) open_masks(file, std::span(paths).subspan(count), stored);
  return stored;
}

std::vector<Stored> match(const hdf5::File& file, const std::vector<StoredGroup>& groups,
                          const std::vector<std::vector<std::string>>& paths) {
  std::vector<const StoredGroup*> wanted;
  for (const StoredGroup& group : groups) {
    if (!group.arrays.empty()) wanted.push_back(&group);
  }
  if (wanted.size() != paths.size()) {
    fail(ExitCode::bad_data, "{}: weights of {} layers for a model of {} layers with weights",
         file.path(), paths.size(), wanted.size());
  }
  std::vector<Stored> stored;
  std::uint64_t bytes = 0;
  for (std::size_t i = 0; i < wanted.size(); ++i) {
    for (Stored& array : open_group(file, paths[i], *wanted[i])) {
      for (const hdf5::NumberDataset& piece : array.pieces) bytes += piece.stored_bytes();
      stored.push_back(std::move(array));
    }
  }
  if (bytes > hdf5::bytes_of(file)) {
    fail(ExitCode::bad_data, "{}: several layers claim the same weights", file.path());
  }
  return stored;
}

void read_finite(const hdf5::File& file, const hdf5::NumberDataset& dataset,
                 std::span<float> values) {
  dataset.read(0, values);
  if (!std::all_of(values.begin(), values.end(), [](float x) { return std::isfinite(x); })) {
    fail(ExitCode::bad_data, "{}: data set '{}' has weights that are not finite", file.path(),
         dataset.name());
  }
}

void read_array(const hdf5::File& file, const Stored& stored, std::span<float> target) {
  const layers::Parameter& parameter = *stored.array.parameter;
  const std::size_t parts = stored.pieces.size();
  const auto& extents = parameter.shape.extents();
  const std::size_t width = extents.empty() ? 1 : extents.back() / parts;  // of a piece
  if (parts == 1) read_finite(file, stored.pieces.front(), target);
  std::vector<float> piece(parts == 1 ? 0 : target.size() / parts);
  for (std::size_t part = 0; part < parts && !piece.empty(); ++part) {
    read_finite(file, stored.pieces[part], piece);
    for (std::size_t i = 0; i < piece.size(); ++i) {
      target[(i / width * parts + part) * width + i % width] = piece[i];
    }
  }
  if (stored.mask) {
    std::vector<float> mask(target.size());
    read_finite(file, *stored.mask, mask);
    for (std::size_t i = 0; i < target.size(); ++i) target[i] *= mask[i];
  }
  if (stored.array.is_flipped && extents.size() > 2) {  // the last two axes are channels
    const std::size_t channels = extents[extents.size() - 2] * extents.back();
    for (std::size_t i = 0, k = target.size() - channels; i < k; i += channels, k -= channels) {
      std::swap_ranges(target.begin() + static_cast<std::ptrdiff_t>(i),
                       target.begin() + static_cast<std::ptrdiff_t>(i + channels),
                       target.begin() + static_cast<std::ptrdiff_t>(k));
    }
  }
}

}  // namespace

void write_model_weights(hdf5::File& file, const std::vector<std::string>& layers,
                         const std::vector<layers::Parameter>& parameters,
                         std::span<const float> weights) {
  file.create_group(root_of_models);
  hdf5::write_attribute(file, root_of_models, "layer_names", layers);
  for (const std::string& layer : layers) {
    const std::string path = fmt::format("{}/{}", root_of_models, layer);
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

AlignedVector<float> read_model_weights(const hdf5::File& file, const std::string& root,
                                        const std::vector<StoredGroup>& groups) {
  return read_model_weights(file, groups, stored_paths(file, root));
}

AlignedVector<float> read_model_weights(const hdf5::File& file,
                                        const std::vector<StoredGroup>& groups,
                                        const std::vector<std::vector<std::string>>& paths) {
  const std::vector<Stored> stored = match(file, groups, paths);  // before anything is allocated
  std::size_t count = 0;
  for (const Stored& array : stored) count += array.array.parameter->size();
  AlignedVector<float> weights(count);
  for (const Stored& array : stored) {
    const layers::Parameter& parameter = *array.array.parameter;
    read_array(file, array, std::span(weights).subspan(parameter.offset, parameter.size()));
  }
  return weights;
}

}  // namespace tusk::formats
