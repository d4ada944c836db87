// SPDX-License-Identifier: Apache-2.0
#include "net/formats/model_source.hpp"

#include <filesystem>
#include <fstream>
#include <iterator>
#include <nlohmann/json.hpp>

#include "data/hdf5/attributes.hpp"
#include "net/formats/foreign_file.hpp"
#include "net/formats/keras3_weights.hpp"
#include "net/formats/keras_archive.hpp"
#include "net/formats/keras_graph.hpp"
#include "net/formats/zip_archive.hpp"
#include "tusk/error.hpp"

namespace tusk::formats {
namespace {

nlohmann::json parse_architecture(const std::string& text, const std::string& path) {
  try {
    nlohmann::json json = parse_keras_json(text, path);
    if (json.is_object()) return json;
  } catch (const nlohmann::json::exception& error) {
    fail(ExitCode::bad_data, "{}: the JSON cannot be read: {}", path, error.what());
  }
  fail(ExitCode::bad_data, "{}: the JSON is no model's", path);
}

// What Keras 3 writes where weights are to be in pieces: which file has which.
[[noreturn]] void refuse_pieces(const std::string& path) {
  fail(
      ExitCode::bad_data,
      "{}: says which of several files has which weights (max_shard_size); such are not read: load "
      "them in Keras, and model.save_weights(\"model.weights.h5\") makes one file",
      path);
}

void take_compiled(const nlohmann::json& json, ModelSource& source) {
  const auto compiled = json.find("compile_config");
  if (compiled != json.end() && compiled->is_object()) source.training = compiled->dump();
}

ModelSource open_json(const std::string& path) {
  ModelSource source{.path = path, .layers = read_json_file(path)};
  const nlohmann::json json = parse_architecture(source.layers, path);
  if (json.contains("weight_map")) refuse_pieces(path);
  // Keras 3 says no version there, but where its classes are.
  const nlohmann::json version = json.value("keras_version", nlohmann::json());
  source.is_keras3 =
      version.is_string() ? version.get<std::string>() >= "3" : json.contains("module");
  take_compiled(json, source);
  return source;
}

ModelSource open_keras_archive(const std::string& path) {
  KerasArchive archive = open_archive(path);
  ModelSource source{.path = path, .layers = std::move(archive.config)};
  source.is_keras3 = archive.version >= "3";
  take_compiled(parse_architecture(source.layers, path + " (config.json)"), source);
  source.file = std::move(archive.weights);
  return source;
}

hdf5::File open_own_file(const std::string& path) {
  const std::string what = foreign_file(path);
  if (!what.empty()) fail(ExitCode::bad_data, "{}: {}", path, what);
  return hdf5::File::open(path);
}

ModelSource open_hdf5(const std::string& path) {
  ModelSource source{.path = path, .file = open_own_file(path)};
  const hdf5::File& file = *source.file;
  const auto json = hdf5::read_text(file, "/", "model_config");
  if (!json && (hdf5::read_texts(file, "/", "layer_names") || has_keras3_weights(file))) {
    fail(ExitCode::bad_data,
         "{}: has the weights of a model, but not its layers; name the JSON that model.to_json() "
         "makes of them as the model, and this file by --weights, or in an experiment as "
         "[model] weights",
         path);
  }
  if (!json) {
    fail(ExitCode::bad_data,
         "{}: not a Keras model in HDF5 format (it has no attribute 'model_config')", path);
  }
  source.layers = *json;
  // Versions before 2 do not say which they are.
  source.is_keras3 = hdf5::read_text(file, "/", "keras_version").value_or("1") >= "3";
  source.training = hdf5::read_text(file, "/", "training_config");
  return source;
}

}  // namespace

ModelSource open_model_source(const std::string& path) {
  if (is_json_file(path)) return open_json(path);
  if (ZipArchive::is_archive(path)) return open_keras_archive(path);
  return open_hdf5(path);
}

hdf5::File open_weights_file(const std::string& path) {
  if (ZipArchive::is_archive(path)) return open_archive(path).weights;
  if (is_json_file(path)) {
    if (parse_architecture(read_json_file(path), path).contains("weight_map")) refuse_pieces(path);
    fail(ExitCode::bad_data, "{}: JSON has the layers of a model, but no weights", path);
  }
  return open_own_file(path);
}

bool is_json_file(const std::string& path) {
  std::error_code ignored;
  if (!std::filesystem::is_regular_file(path, ignored)) return false;
  std::ifstream in(path, std::ios::binary);
  in >> std::ws;
  return in.peek() == '{';
}

std::string read_json_file(const std::string& path) {
  constexpr std::uintmax_t longest = std::uintmax_t{1} << 26;
  std::error_code error;
  if (std::filesystem::file_size(path, error) > longest) {
    fail(ExitCode::bad_data, "{}: more than 64 MiB, which is no JSON of a model", path);
  }
  std::ifstream in(path, std::ios::binary);
  if (!in) fail(ExitCode::no_input, "{}: cannot be opened", path);
  return {std::istreambuf_iterator<char>(in), {}};
}

}  // namespace tusk::formats
