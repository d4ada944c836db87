// SPDX-License-Identifier: Apache-2.0
#include "net/formats/keras_archive.hpp"

#include <fmt/format.h>

#include <limits>
#include <nlohmann/json.hpp>
#include <vector>

#include "data/hdf5/memory_file.hpp"
#include "net/formats/keras_graph.hpp"
#include "net/formats/zip_archive.hpp"
#include "tusk/error.hpp"

namespace tusk::formats {
namespace {

using OrderedJson = nlohmann::ordered_json;

constexpr std::uint64_t longest_json = std::uint64_t{1} << 26;

std::string text_of(const ZipArchive& archive, const char* name) {
  const std::vector<std::byte> bytes = archive.read(name, longest_json);
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

// What an archive without Keras's entries is, and what to do with it.
[[noreturn]] void refuse(const std::string& path, const ZipArchive& archive) {
  const auto ends = [&](std::string_view suffix) {
    for (const std::string& name : archive.names()) {
      if (name.ends_with(suffix)) return true;
    }
    return false;
  };
  if (archive.has("model.weights.npz")) {
    fail(ExitCode::bad_data,
         "{}: a .keras archive with its weights as model.weights.npz, which are not read; save the "
         "model again by model.save(\"model.keras\")",
         path);
  }
  if (ends("data.pkl")) {
    fail(ExitCode::bad_data,
         "{}: a checkpoint of PyTorch, a pickle, which is never opened here; export the model to "
         "Keras, or its weights to HDF5, where it was made",
         path);
  }
  if (ends(".npy")) {
    fail(ExitCode::bad_data,
         "{}: arrays of NumPy (.npz), and no model; save those that are data as .npy, which 'tusk "
         "convert' reads",
         path);
  }
  fail(ExitCode::bad_data, "{}: a zip archive, but no model of Keras's (it has no {})", path,
       archive.has("config.json") ? "model.weights.h5" : "config.json");
}

// Keras 3 finds classes by these modules.
void add_module(OrderedJson& json, const char* module) {
  if (json.is_array()) {
    for (OrderedJson& each : json) add_module(each, module);
  }
  if (!json.is_object() || !json.contains("class_name")) return;
  json["module"] = module;
  json["registered_name"] = nullptr;
  OrderedJson& config = json["config"];
  if (config.is_object() && config.contains("learning_rate")) {
    add_module(config["learning_rate"], "keras.optimizers.schedules");
  }
}

}  // namespace

KerasArchive open_archive(const std::string& path) {
  const ZipArchive archive(path);
  if (!archive.has("config.json") || !archive.has("model.weights.h5")) refuse(path, archive);
  std::string version = "3";
  if (archive.has("metadata.json")) {
    const auto metadata = nlohmann::json::parse(
        text_of(archive, "metadata.json"),
        [&](int depth, nlohmann::json::parse_event_t, const nlohmann::json&) { return depth < 8; },
        false);
    if (metadata.is_object() && metadata.contains("keras_version") &&
        metadata["keras_version"].is_string()) {
      version = metadata["keras_version"];
    }
  }
  std::string config = text_of(archive, "config.json");
  const std::string place = path + " (model.weights.h5)";
  return {std::move(config), std::move(version),
          hdf5::open_bytes(
              place, archive.read("model.weights.h5", std::numeric_limits<std::uint64_t>::max()))};
}

std::string archive_config(const std::string& model_config, const std::string& training_config) {
  OrderedJson json = OrderedJson::parse(model_config);
  // The class Functional has no name that both Keras 2 and 3 know; Model makes one of such layers.
  if (json["class_name"] == "Functional") json["class_name"] = "Model";
  json["module"] = "keras";
  json["registered_name"] = json["class_name"];
  if (training_config.empty()) return json.dump();
  OrderedJson training = OrderedJson::parse(training_config);
  OrderedJson compiled{{"optimizer", training["optimizer_config"]},
                       {"loss", training["loss"]},
                       {"loss_weights", training["loss_weights"]},
                       {"metrics", training["metrics"]},
                       {"weighted_metrics", training["weighted_metrics"]}};
  add_module(compiled["optimizer"], "keras.optimizers");
  add_module(compiled["loss"], "keras.losses");
  add_module(compiled["metrics"], "keras.metrics");
  add_module(compiled["weighted_metrics"], "keras.metrics");
  json["compile_config"] = std::move(compiled);
  return json.dump();
}

}  // namespace tusk::formats
