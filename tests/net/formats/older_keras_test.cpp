// SPDX-License-Identifier: Apache-2.0
// Files of Keras 1 and 2, and what the layers that Keras 1 wrote compute.
#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include "check_fails.hpp"
#include "data/hdf5/attributes.hpp"
#include "data/hdf5/file.hpp"
#include "net/formats/model_file.hpp"
#include "net/graph/model.hpp"
#include "temporary_folder.hpp"

namespace tusk::formats {
namespace {

std::vector<float> read_floats(const hdf5::File& file, const char* name) {
  const hdf5::NumberDataset dataset = file.dataset(name);
  std::vector<float> values(dataset.rows() * dataset.row_elements());
  dataset.read(0, std::span(values));
  return values;
}

std::vector<float> outputs_of(const ModelContent& content, const std::vector<float>& inputs) {
  const graph::Model model = make_model(options_of(content), content);
  const std::size_t rows = inputs.size() / model.input_size();
  auto workspace = model.make_workspace(rows, false);
  const ConstMatrix outputs = model.predict(
      content.weights, ConstMatrix(inputs.data(), model.input_size(), rows), workspace);
  return {outputs.flat().begin(), outputs.flat().end()};
}

double largest_difference(const std::vector<float>& a, const std::vector<float>& b) {
  REQUIRE(a.size() == b.size());
  double worst = 0.0;
  for (std::size_t i = 0; i < a.size(); ++i) {
    worst = std::max(worst, std::abs(static_cast<double>(a[i]) - static_cast<double>(b[i])));
  }
  return worst;
}

// A layer of an old file: its configuration, and its arrays with their shapes.
struct OldArray {
  std::string name;
  std::vector<std::uint64_t> extents;
};
struct OldLayer {
  std::string name;
  std::string json;
  std::vector<OldArray> arrays = {};
};

float weight(std::size_t array, std::size_t i) {
  return 0.1F * static_cast<float>((7 * array + 3 * i + 1) % 11) - 0.45F;
}

// As Keras 1 wrote it: no version, a Sequential that is a list.
void write_old(const std::string& path, const std::vector<OldLayer>& layers,
               const std::string& backend = "") {
  std::string json;
  for (const OldLayer& layer : layers) json += (json.empty() ? "" : ",") + layer.json;
  hdf5::File file = hdf5::File::create(path);
  hdf5::write_attribute(file, "/", "model_config",
                        R"({"class_name":"Sequential","config":[)" + json + "]}");
  if (!backend.empty()) hdf5::write_attribute(file, "/", "backend", backend);
  file.create_group("model_weights");
  std::vector<std::string> names;
  std::size_t count = 0;
  for (const OldLayer& layer : layers) {
    names.push_back(layer.name);
    const std::string group = "model_weights/" + layer.name;
    file.create_group(group);
    std::vector<std::string> arrays;
    for (const OldArray& array : layer.arrays) {
      arrays.push_back(array.name);
      std::size_t size = 1;
      for (const std::uint64_t extent : array.extents) size *= extent;
      std::vector<float> values(size);
      for (std::size_t i = 0; i < size; ++i) values[i] = weight(count, i);
      ++count;
      file.create_dataset(group + "/" + array.name, ElementType::f32, array.extents)
          .write(0, std::span<const float>(values));
    }
    hdf5::write_attribute(file, group, "weight_names", arrays);
  }
  hdf5::write_attribute(file, "model_weights", "layer_names", names);
  file.close();
}

const OldLayer old_dense{
    "dense_1",
    R"({"class_name":"Dense","config":{"name":"dense_1","output_dim":2,"activation":"linear",)"
    R"("init":"glorot_uniform","W_regularizer":null,"bias":true,"trainable":true,"input_dim":null}})",
    {{"dense_1_W", {3, 2}}, {"dense_1_b", {2}}}};

}  // namespace

// keras_forms.py wrote the fixtures with Keras 2.15, and does the same with other versions.
TEST_CASE("models within models, shared layers and others of Keras 2 predict as there") {
  std::size_t models = 0;
  for (const auto& entry : std::filesystem::directory_iterator(TUSK_KERAS2_FILES)) {
    const std::string path = entry.path().string();
    if (!path.ends_with(".expected.h5")) continue;
    CAPTURE(path);
    const hdf5::File expected = hdf5::File::open(path);
    const ModelContent content = load_model(path.substr(0, path.size() - 12) + ".h5", {});
    CHECK(largest_difference(outputs_of(content, read_floats(expected, "inputs")),
                             read_floats(expected, "outputs")) <= 1e-5);
    ++models;
  }
  CHECK(models >= 11);
}

TEST_CASE("archives of Keras 2.15 are the models that its .h5 are") {
  for (const char* name : {"images", "steps", "nested_twice", "nested_frozen_layer"}) {
    const std::string path = std::string(TUSK_KERAS2_FILES) + "/" + name;
    const ModelContent archive = load_model(path + ".keras", {});
    const ModelContent whole = load_model(path + ".h5", {});
    CAPTURE(path);
    CHECK(archive.layers == whole.layers);
    CHECK(archive.weights == whole.weights);
    CHECK(load_model(path + ".h5", {}, path + ".keras").weights == whole.weights);
  }
}

TEST_CASE("layers as JSON and weights alone are a model together") {
  const std::string name = std::string(TUSK_KERAS2_FILES) + "/nested_twice";
  const ModelContent whole = load_model(name + ".h5", {});
  for (const char* weights : {"_weights.h5", ".h5"}) {
    const ModelContent parts = load_model(name + ".json", {}, name + weights);
    CHECK(parts.layers == whole.layers);
    CHECK(parts.weights == whole.weights);
  }
  CHECK(load_model(name + ".h5", {}, name + "_weights.h5").weights == whole.weights);
  CHECK(is_architecture(name + ".json"));
  CHECK_FALSE(is_architecture(name + ".h5"));
  CHECK_FAILS(load_model(name + ".json", {}), ExitCode::bad_data,
              "nested_twice.json: has the layers of a model, but no weights; name their file, too");
  CHECK_FAILS(load_model(name + "_weights.h5", {}), ExitCode::bad_data,
              "nested_twice_weights.h5: has the weights of a model, but not its layers; name the "
              "JSON");
  CHECK_FAILS(load_model(name + ".json", {}, name + ".expected.h5"), ExitCode::bad_data,
              "nested_twice.expected.h5: neither a Keras model nor its weights");
  const std::string other = std::string(TUSK_KERAS2_FILES) + "/steps.h5";
  CHECK_FAILS(load_model(name + ".json", {}, other), ExitCode::bad_data, "steps.h5: weights of");
}

TEST_CASE("a broken JSON of a model is refused in one line") {
  const test::TemporaryFolder folder;
  const std::string path = folder.file("model.json");
  const std::string weights = std::string(TUSK_KERAS2_FILES) + "/steps.h5";
  const auto load = [&](const std::string& text) {
    std::ofstream(path) << text;
    return load_model(path, {}, weights);
  };
  CHECK_FAILS(load("{\"class_name\":"), ExitCode::bad_data, "model.json: the JSON cannot be read");
  CHECK_FAILS(load("{\"a\":NaN}"), ExitCode::bad_data, "model.json: the JSON cannot be read");
  CHECK_FAILS(load("{}"), ExitCode::bad_data, "model.json");
  CHECK_FAILS(load("{\"a\":" + std::string(100000, '[')), ExitCode::bad_data,
              "model.json: its JSON is nested more than 200 deep");
  CHECK_FAILS(load(R"({"class_name":"MyModel","config":{}})"), ExitCode::bad_data,
              "holds a model of class \"MyModel\"");
}

TEST_CASE("what is in a model within a model is named after both, and stays frozen") {
  const std::string folder = TUSK_KERAS2_FILES;
  const ModelContent content = load_model(folder + "/nested_frozen_layer.h5", {});
  std::vector<std::string> names;
  for (const LayerEntry& layer : content.layers) names.push_back(layer.name);
  CHECK(std::ranges::find(names, "tower.norm") != names.end());
  const auto first = std::ranges::find(content.layers, "tower.first", &LayerEntry::name);
  REQUIRE(first != content.layers.end());
  CHECK_FALSE(first->trainable);
  const ModelContent frozen = load_model(folder + "/nested_frozen.h5", {});
  CHECK(std::ranges::count(frozen.layers, false, &LayerEntry::trainable) == 3);
}

TEST_CASE("Keras 1 has an array for each gate") {
  const test::TemporaryFolder folder;
  const std::string path = folder.file("old.h5");
  const auto gates = [](const std::string& name, const std::string& kinds) {
    std::vector<OldArray> arrays;
    for (const char gate : kinds) {
      arrays.push_back({name + "_W_" + gate, {2, 3}});
      arrays.push_back({name + "_U_" + gate, {3, 3}});
      arrays.push_back({name + "_b_" + gate, {3}});
    }
    return arrays;
  };
  const std::string common =
      R"("output_dim":3,"activation":"tanh","inner_activation":"hard_sigmoid","init":)"
      R"("glorot_uniform","inner_init":"orthogonal","return_sequences":false,"go_backwards":false,)"
      R"("stateful":false,"unroll":false,"consume_less":"cpu","dropout_W":0.0,"dropout_U":0.0,)"
      R"("batch_input_shape":[null,4,2]}})";
  for (const bool is_lstm : {true, false}) {
    const std::string type = is_lstm ? "LSTM" : "GRU";
    write_old(path, {{"r", R"({"class_name":")" + type + R"(","config":{"name":"r",)" + common,
                      gates("r", is_lstm ? "icfo" : "zrh")},
                     old_dense});
    const ModelContent content = load_model(path, {});
    CHECK(content.input == Shape{4, 2});
    // Gate g of our kernel, (2, g · 3): LSTM's are i, f, c, o.
    const std::vector<std::size_t> order =
        is_lstm ? std::vector<std::size_t>{0, 2, 1, 3} : std::vector<std::size_t>{0, 1, 2};
    const std::size_t width = 3 * order.size();
    for (std::size_t g = 0; g < order.size(); ++g) {
      for (std::size_t row = 0; row < 2; ++row) {
        for (std::size_t unit = 0; unit < 3; ++unit) {
          CHECK(content.weights[row * width + g * 3 + unit] ==
                weight(3 * order[g], row * 3 + unit));
        }
      }
    }
    if (is_lstm) {
      CHECK(std::get<LstmOptions>(content.layers[0]).recurrent_activation ==
            Activation::hard_sigmoid_keras2);
    } else {
      CHECK_FALSE(std::get<GruOptions>(content.layers[0]).reset_after);
    }
  }
}

TEST_CASE("words of Keras 1 are understood") {
  const test::TemporaryFolder folder;
  const std::string path = folder.file("old.h5");
  const auto load = [&](const std::string& ordering, const std::string& backend) {
    write_old(path,
              {{"c",
                R"({"class_name":"Convolution2D","config":{"name":"c","nb_filter":3,"nb_row":2,)"
                R"("nb_col":1,"border_mode":"valid","subsample":[1,1],"dim_ordering":")" +
                    ordering +
                    R"(","activation":"relu","bias":true,)"
                    R"("batch_input_shape":[null,2,1,2]}})",
                {{"c_W", {2, 1, 2, 3}}, {"c_b", {3}}}},
               {"f", R"({"class_name":"Flatten","config":{"name":"f"}})"},
               {"d", R"({"class_name":"Dropout","config":{"name":"d","p":0.25}})"},
               old_dense},
              backend);
    return load_model(path, {});
  };
  const ModelContent content = load("tf", "tensorflow");
  const auto& conv = std::get<Conv2dOptions>(content.layers[0]);
  CHECK(conv.filters == 3);
  CHECK(std::get<DropoutOptions>(content.layers[2]).rate == 0.25);
  CHECK(std::get<DenseOptions>(content.layers[3]).units == 2);
  CHECK(content.weights[1] == weight(0, 1));
  const ModelContent theano = load("tf", "theano");  // which convolves with kernels turned by 180°
  for (std::size_t i = 0; i < 6; ++i) CHECK(theano.weights[i] == weight(0, i + 6));
  CHECK(theano.weights[13] == content.weights[13]);
  CHECK_FAILS(load("th", "theano"), ExitCode::bad_data,
              "layer 'c' (Conv2D) has data_format \"channels_first\"");
}

TEST_CASE("a convolution of steps is one of images in Keras 1") {
  const test::TemporaryFolder folder;
  const std::string path = folder.file("old.h5");
  write_old(path, {{"c",
                    R"({"class_name":"Convolution1D","config":{"name":"c","nb_filter":3,)"
                    R"("filter_length":2,"border_mode":"same","subsample_length":1,)"
                    R"("batch_input_shape":[null,4,2]}})",
                    {{"c_W", {2, 1, 2, 3}}, {"c_b", {3}}}},
                   {"g", R"({"class_name":"GlobalMaxPooling1D","config":{"name":"g"}})"},
                   old_dense});
  CHECK(load_model(path, {}).weights[5] == weight(0, 5));
}

TEST_CASE("a pruned layer counts with its mask") {
  const test::TemporaryFolder folder;
  const std::string path = folder.file("pruned.h5");
  write_old(
      path,
      {{"p",
        R"({"class_name":"PruneLowMagnitude","config":{"name":"prune_low_magnitude_d",)"
        R"("trainable":true,"batch_input_shape":[null,2],"layer":{"class_name":"Dense",)"
        R"("config":{"name":"d","units":3,"activation":"relu","batch_input_shape":[null,2]}}}})",
        {{"d/kernel", {2, 3}},
         {"d/bias", {3}},
         {"mask", {2, 3}},
         {"threshold", {}},
         {"pruning_step", {}}}},
       old_dense});
  const ModelContent content = load_model(path, {});
  REQUIRE(std::holds_alternative<DenseOptions>(content.layers[0]));
  for (std::size_t i = 0; i < 6; ++i) CHECK(content.weights[i] == weight(0, i) * weight(2, i));
  CHECK(content.weights[6] == weight(1, 0));
}

TEST_CASE("a merge that only Keras 1 had is refused by name") {
  const test::TemporaryFolder folder;
  const std::string path = folder.file("old.h5");
  write_old(path, {{"m", R"({"class_name":"Merge","config":{"name":"m","mode":"cos",)"
                         R"("batch_input_shape":[null,2]}})"},
                   old_dense});
  CHECK_FAILS(load_model(path, {}), ExitCode::bad_data, "layer 'm' (Merge) merges as only Keras 1");
}

}  // namespace tusk::formats
