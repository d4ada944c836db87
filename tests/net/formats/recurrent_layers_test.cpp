// SPDX-License-Identifier: Apache-2.0
// Recurrent layers in Keras's configurations, of its versions and of ours.
#include <doctest/doctest.h>

#include <nlohmann/json.hpp>
#include <string>

#include "check_fails.hpp"
#include "net/formats/keras_layer.hpp"

namespace tusk::formats {
namespace {

using nlohmann::json;

// A GRU as Keras 3 writes it, in short.
json keras_gru() {
  return json::parse(R"({"class_name": "GRU", "config": {"name": "g", "units": 7, "activation":
      "tanh", "recurrent_activation": "sigmoid", "use_bias": true, "kernel_initializer":
      {"class_name": "GlorotUniform", "config": {"seed": null}}, "recurrent_initializer":
      {"class_name": "Orthogonal", "config": {"seed": null, "gain": 1.0}}, "bias_initializer":
      {"class_name": "Zeros", "config": {}}, "kernel_regularizer": null, "dropout": 0.0,
      "recurrent_dropout": 0, "reset_after": true, "seed": null, "return_sequences": true,
      "return_state": false, "go_backwards": false, "stateful": false, "unroll": false,
      "zero_output_for_mask": false}})");
}

json keras_bidirectional() {
  json forward = keras_gru();
  json backward = keras_gru();
  forward["config"]["zero_output_for_mask"] = true;
  backward["config"]["zero_output_for_mask"] = true;
  backward["config"]["go_backwards"] = true;
  return {
      {"class_name", "Bidirectional"},
      {"config",
       {{"name", "b"}, {"merge_mode", "sum"}, {"layer", forward}, {"backward_layer", backward}}}};
}

LayerOptions read_keras(const json& entry) { return read_keras_layer(entry, "m.h5", {}); }

json with(json entry, const char* key, const json& value) {
  entry["config"][key] = value;
  return entry;
}

}  // namespace

TEST_CASE("a GRU is read as Keras means it, with and without reset_after") {
  const auto gru = std::get<GruOptions>(read_keras(keras_gru()));
  CHECK(gru.units == 7);
  CHECK(gru.reset_after);
  CHECK(gru.return_sequences);
  CHECK(gru.recurrent_initializer.kind == InitializerKind::orthogonal);
  CHECK_FALSE(
      std::get<GruOptions>(read_keras(with(keras_gru(), "reset_after", false))).reset_after);
  json old = keras_gru();
  old["config"].erase("reset_after");
  old["config"]["recurrent_activation"] = "hard_sigmoid";
  LayerOptions layer = read_keras(old);
  mean_as_before_keras3(layer);
  CHECK_FALSE(std::get<GruOptions>(layer).reset_after);
  CHECK(std::get<GruOptions>(layer).recurrent_activation == Activation::hard_sigmoid_keras2);
  CHECK(std::get<GruOptions>(layer).cell_activation == Activation::tanh);
}

TEST_CASE("what a recurrent layer of ours does not do is refused, not left out") {
  const auto refused = [](const char* key, const json& value, const std::string& message) {
    CHECK_FAILS(read_keras(with(keras_gru(), key, value)), ExitCode::bad_data,
                "m.h5: layer 'g' (GRU) has " + message);
  };
  refused("stateful", true, "stateful true");
  refused("return_state", true, "return_state true");
  refused("time_major", true, "time_major true");
  refused("zero_output_for_mask", true, "zero_output_for_mask true");
}

TEST_CASE("Bidirectional and TimeDistributed are read with the layers in them, and come back") {
  const LayerOptions both = read_keras(keras_bidirectional());
  const auto& options = std::get<BidirectionalOptions>(both);
  CHECK(options.merge_mode == MergeMode::sum);
  CHECK((*options.layer).layer == read_keras(keras_gru()));
  const TimeDistributedOptions steps{
      .layer = InnerLayer({DenseOptions{.units = 3, .activation = Activation::gelu}})};
  for (const LayerOptions& layer : {both, LayerOptions(steps), read_keras(keras_gru())}) {
    const json written = json::parse(write_keras_layer(layer, "name").dump());
    CHECK(read_keras(written) == layer);
  }
  const json written = json::parse(write_keras_layer(both, "name").dump());
  CHECK(written.at("config").at("layer").at("class_name") == "GRU");
  CHECK(written.at("config").at("layer").at("config").at("units") == 7);

  json other = keras_bidirectional();
  other["config"]["backward_layer"]["config"]["units"] = 8U;
  CHECK_FAILS(read_keras(other), ExitCode::bad_data, "backward_layer with other options");
  CHECK_FAILS(read_keras(with(keras_bidirectional(), "merge_mode", nullptr)), ExitCode::bad_data,
              "merge_mode null, which makes two outputs");
  json old_activations = keras_bidirectional();
  for (const char* key : {"layer", "backward_layer"}) {
    old_activations["config"][key]["config"]["recurrent_activation"] = "hard_sigmoid";
  }
  LayerOptions layer = read_keras(old_activations);
  mean_as_before_keras3(layer);
  const auto& inner = (*std::get<BidirectionalOptions>(layer).layer).layer;
  CHECK(std::get<GruOptions>(inner).recurrent_activation == Activation::hard_sigmoid_keras2);
}

TEST_CASE("layers within layers without end are refused") {
  json nested = keras_gru();
  for (int i = 0; i < 100; ++i) {
    nested = {{"class_name", "TimeDistributed"}, {"config", {{"name", "t"}, {"layer", nested}}}};
  }
  CHECK_FAILS(read_keras(nested), ExitCode::bad_data, "has layers within layers too deep");
}

}  // namespace tusk::formats
