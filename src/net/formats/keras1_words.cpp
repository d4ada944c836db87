// SPDX-License-Identifier: Apache-2.0
#include "net/formats/keras1_words.hpp"

#include <map>
#include <nlohmann/json.hpp>
#include <string_view>
#include <utility>

#include "net/formats/keras_layer.hpp"
#include "tusk/error.hpp"

namespace tusk::formats {
namespace {

using Json = nlohmann::json;
using Words = std::map<std::string, std::string>;

const Words class_names{{"Convolution1D", "Conv1D"},
                        {"Convolution2D", "Conv2D"},
                        {"Convolution3D", "Conv3D"},
                        {"AtrousConvolution1D", "Conv1D"},
                        {"AtrousConvolution2D", "Conv2D"},
                        {"Deconvolution2D", "Conv2DTranspose"},
                        {"SeparableConvolution2D", "SeparableConv2D"},
                        {"TimeDistributedDense", "Dense"}};

const Words merge_classes{{"sum", "Add"},
                          {"mul", "Multiply"},
                          {"ave", "Average"},
                          {"max", "Maximum"},
                          {"concat", "Concatenate"}};

const Words keys{{"nb_filter", "filters"},
                 {"filter_length", "kernel_size"},
                 {"subsample", "strides"},
                 {"subsample_length", "strides"},
                 {"border_mode", "padding"},
                 {"atrous_rate", "dilation_rate"},
                 {"dim_ordering", "data_format"},
                 {"init", "kernel_initializer"},
                 {"inner_init", "recurrent_initializer"},
                 {"inner_activation", "recurrent_activation"},
                 {"bias", "use_bias"},
                 {"p", "rate"},
                 {"pool_length", "pool_size"},
                 {"stride", "strides"},
                 {"length", "size"},
                 {"concat_axis", "axis"},
                 {"W_regularizer", "kernel_regularizer"},
                 {"U_regularizer", "recurrent_regularizer"},
                 {"b_regularizer", "bias_regularizer"},
                 {"W_constraint", "kernel_constraint"},
                 {"U_constraint", "recurrent_constraint"},
                 {"b_constraint", "bias_constraint"},
                 {"dropout_W", "dropout"},
                 {"dropout_U", "recurrent_dropout"}};

Json value_of_keras2(const std::string& key, const Json& value) {
  if (key == "dim_ordering" && value == "tf") return "channels_last";
  if (key == "dim_ordering" && value == "th") return "channels_first";
  return value;
}

bool is_embedding(const Json& entry) { return entry.at("class_name") == "Embedding"; }

}  // namespace

Json in_words_of_keras2(Json entry, const std::string& path) {
  if (!entry.at("config").is_object()) return entry;
  const std::string type = entry.at("class_name");
  const Json& old = entry.at("config");
  Json config = Json::object();
  for (const auto& [key, value] : old.items()) {
    const auto found = keys.find(key);
    const std::string& word = found == keys.end() ? key : found->second;
    if (word == key || !old.contains(word)) config[word] = value_of_keras2(key, value);
  }
  if (old.contains("output_dim") && !old.contains("units") && !is_embedding(entry)) {
    config["units"] = old.at("output_dim");
  }
  if (old.contains("nb_row") && old.contains("nb_col")) {
    config["kernel_size"] = Json::array({old.at("nb_row"), old.at("nb_col")});
  }
  if (old.contains("forget_bias_init")) {
    config["unit_forget_bias"] = old.at("forget_bias_init") == "one";
  }
  if (is_embedding(entry) && old.contains("init")) config["embeddings_initializer"] = old["init"];
  if (const auto found = class_names.find(type); found != class_names.end()) {
    entry["class_name"] = found->second;
  }
  if (type == "Merge") {
    const auto mode =
        old.at("mode").is_string() ? merge_classes.find(old.at("mode")) : merge_classes.end();
    if (mode == merge_classes.end() || old.contains("layers")) {
      fail(ExitCode::bad_data,
           "{} merges as only Keras 1 did (mode {}); build the model with the layers of a newer "
           "Keras and save it again",
           keras_layer_place(entry, path), old.at("mode").dump());
    }
    entry["class_name"] = mode->second;
  }
  entry["config"] = std::move(config);
  return entry;
}

}  // namespace tusk::formats
