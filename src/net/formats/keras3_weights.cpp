// SPDX-License-Identifier: Apache-2.0
#include "net/formats/keras3_weights.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <map>
#include <optional>
#include <set>
#include <tuple>

#include "tusk/error.hpp"

namespace tusk::formats {
namespace {

using Names = std::vector<std::string>;

constexpr auto containers =
    std::to_array<std::string_view>({"layers", "_layer_checkpoint_dependencies"});
// What may stand between a layer and its arrays, in the order of these.
constexpr auto parts_of_layers =
    std::to_array<std::string_view>({"layer", "forward_layer", "backward_layer", "cell"});

struct StoredArray {
  std::vector<std::size_t> part;  // by their places in parts_of_layers
  std::uint32_t number = 0;
  std::string path;

  friend bool operator<(const StoredArray& a, const StoredArray& b) {
    return std::tie(a.part, a.number) < std::tie(b.part, b.number);
  }
};

// The arrays of each layer, by the layer's names from the outermost model on.
using StoredLayers = std::map<Names, std::vector<StoredArray>>;

std::optional<std::uint32_t> number_of(std::string_view text) {
  std::uint32_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return number;
}

Names split(const std::string& path) {
  Names parts(1);
  for (const char c : path) {
    if (c == '/') {
      parts.emplace_back();
    } else {
      parts.back() += c;
    }
  }
  return parts;
}

// A data set that is a layer's array; others (an optimizer's, a metric's, the state of a random
// generator) are passed over.
void add_array(StoredLayers& layers, const std::string& path) {
  const Names parts = split(path);
  Names names;
  StoredArray array{.part = {}, .path = path};
  std::size_t at = 0;
  for (; at + 1 < parts.size() && std::ranges::count(containers, parts[at]) > 0; at += 2) {
    names.push_back(parts[at + 1]);
  }
  for (; at < parts.size(); ++at) {
    const auto found = std::ranges::find(parts_of_layers, parts[at]);
    if (found == parts_of_layers.end()) break;
    array.part.push_back(static_cast<std::size_t>(found - parts_of_layers.begin()));
  }
  if (names.empty() || at + 2 != parts.size() || parts[at] != "vars") return;
  const auto number = number_of(parts[at + 1]);
  if (!number) return;
  array.number = *number;
  layers[std::move(names)].push_back(std::move(array));
}

// The number in "dense_3" of a class "dense", 0 in "dense".
std::optional<std::uint32_t> number_in_class(const std::string& name, const std::string& type) {
  if (!name.starts_with(type)) return std::nullopt;
  if (name.size() == type.size()) return 0;
  return name[type.size()] == '_' ? number_of(std::string_view(name).substr(type.size() + 1))
                                  : std::nullopt;
}

// Finds the names that layers have in a file, model by model.
class NameFinder {
 public:
  NameFinder(const StoredLayers& stored, const std::string& path) : stored_(stored), path_(path) {}

  // Of the layers `wanted`, all in the model of these names, to `found`.
  void find(const Names& model, std::span<const Keras3Place> places,
            const std::vector<std::size_t>& wanted, std::vector<Names>& found) const {
    const std::size_t depth = model.size();
    std::map<std::string, std::set<std::size_t>> numbers;  // by class, those that the model has
    for (const std::size_t i : wanted) {
      numbers[places[i][depth].type].insert(places[i][depth].index);
    }
    std::set<std::string> names = names_in(model);
    std::map<std::pair<std::string, std::size_t>, std::string> name_of;
    for (const auto& [type, indices] : numbers) pair_up(type, indices, names, name_of);
    if (!names.empty()) {
      fail(ExitCode::bad_data, "{}: has weights of a layer '{}', which the model does not have",
           path_, *names.begin());
    }
    std::map<std::string, std::vector<std::size_t>> within;
    for (const std::size_t i : wanted) {
      const Keras3Step& step = places[i][depth];
      const std::string& name = name_of.at({step.type, step.index});
      if (places[i].size() > depth + 1) {
        within[name].push_back(i);
        continue;
      }
      found[i] = model;
      found[i].push_back(name);
    }
    for (const auto& [name, its] : within) {
      Names inner = model;
      inner.push_back(name);
      find(inner, places, its, found);
    }
  }

 private:
  // The names of what a model has, with arrays in it.
  std::set<std::string> names_in(const Names& model) const {
    std::set<std::string> names;
    for (const auto& [name, arrays] : stored_) {
      if (name.size() > model.size() && std::equal(model.begin(), model.end(), name.begin())) {
        names.insert(name[model.size()]);
      }
    }
    return names;
  }

  // Takes those of a class out of `names`.
  void pair_up(const std::string& type, const std::set<std::size_t>& indices,
               std::set<std::string>& names,
               std::map<std::pair<std::string, std::size_t>, std::string>& name_of) const {
    std::map<std::uint32_t, std::string> its;
    for (const std::string& name : names) {
      if (const auto number = number_in_class(name, type)) its.emplace(*number, name);
    }
    if (its.size() != indices.size()) {
      fail(ExitCode::bad_data,
           "{}: has weights of {} layers of class '{}', but the model has {} such layers", path_,
           its.size(), type, indices.size());
    }
    auto next = its.begin();
    for (const std::size_t index : indices) {
      name_of[{type, index}] = next->second;
      names.erase(next++->second);
    }
  }

  const StoredLayers& stored_;
  const std::string& path_;
};

}  // namespace

bool has_keras3_weights(const hdf5::File& file) {
  return std::ranges::any_of(containers, [&](std::string_view container) {
    return file.has_group(std::string(container));
  });
}

std::vector<std::vector<std::string>> keras3_paths(const hdf5::File& file,
                                                   std::span<const Keras3Place> layers) {
  StoredLayers stored;
  for (const std::string& path : file.dataset_names()) add_array(stored, path);
  std::vector<std::size_t> all(layers.size());
  for (std::size_t i = 0; i < all.size(); ++i) all[i] = i;
  std::vector<Names> names(layers.size());
  NameFinder(stored, file.path()).find({}, layers, all, names);
  std::vector<std::vector<std::string>> paths;
  for (const Names& name : names) {
    std::vector<StoredArray>& arrays = stored[name];
    std::ranges::sort(arrays, [](const auto& a, const auto& b) { return a < b; });
    paths.emplace_back();
    for (const StoredArray& array : arrays) paths.back().push_back(array.path);
  }
  return paths;
}

}  // namespace tusk::formats
