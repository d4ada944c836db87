// SPDX-License-Identifier: Apache-2.0
#include "net/formats/model_file.hpp"

#include <doctest/doctest.h>

#include <filesystem>
#include <numeric>
#include <string>
#include <vector>

#include "check_fails.hpp"
#include "data/hdf5/attributes.hpp"
#include "data/hdf5/file.hpp"
#include "temporary_folder.hpp"

namespace tusk::formats {
namespace {

// 6 → 3 → 2 with 3·6 + 3 + 2·3 weights and one of every layer.
ModelContent example() {
  ModelContent content;
  content.input = Shape{2, 3};
  content.layers = {
      FlattenOptions{},
      DenseOptions{.units = 3,
                   .activation = Activation::relu,
                   .kernel_initializer = {.kind = InitializerKind::normal, .stddev = 0.25},
                   .bias_initializer = {.kind = InitializerKind::constant, .value = 0.5}},
      DropoutOptions{.rate = 0.25},
      DenseOptions{.units = 2, .use_bias = false},
      ActivationOptions{.activation = Activation::softmax},
  };
  content.weights.resize(27);
  std::iota(content.weights.begin(), content.weights.end(), 1.0F);
  content.loss = LossKind::categorical_crossentropy;
  content.huber_delta = 2.0;
  content.metrics = {MetricKind::accuracy, MetricKind::mae};
  content.weighted_metrics = {MetricKind::mae};
  content.transforms = R"([{"type":"scale","factor":0.5,"offset":0.0}])";
  content.class_names = {"no", "yes"};
  content.columns = {.names = {"x", "kind"}, .categories = {{1, {"a", "b"}}}};
  content.facts = R"({"epochs":3})";
  return content;
}

// A file of the layout that Keras 3 writes: its own JSON, other names, an untrained layer.
std::string write_keras3(const std::string& path, const std::string& layers,
                         const std::string& type = "Sequential") {
  hdf5::File file = hdf5::File::create(path);
  hdf5::write_attribute(
      file, "/", "model_config",
      R"({"class_name": ")" + type + R"(", "config": {"name": "s", "layers": [)" + layers + "]}}");
  hdf5::write_attribute(file, "/", "training_config",
                        R"({"loss": {"module": "keras.losses", "class_name":
                  "SparseCategoricalCrossentropy", "config": {"from_logits": false}}})");
  const std::vector<std::string> names{"drop", "out"};
  const std::vector<std::string> none;
  const std::vector<std::string> arrays{"seq/out/kernel", "seq/out/bias"};
  file.create_group("model_weights/drop");
  file.create_group("model_weights/out");
  hdf5::write_attribute(file, "model_weights", "layer_names", names);
  hdf5::write_attribute(file, "model_weights/drop", "weight_names", none);
  hdf5::write_attribute(file, "model_weights/out", "weight_names", arrays);
  const std::vector<double> kernel{1, 2, 3, 4, 5, 6};
  const std::vector<float> bias{7, 8};
  file.create_dataset("model_weights/out/seq/out/kernel", ElementType::f64, {3, 2})
      .write(0, std::span<const double>(kernel));
  file.create_dataset("model_weights/out/seq/out/bias", ElementType::f32, {2})
      .write(0, std::span<const float>(bias));
  return path;
}

const std::string input = R"({"module": "keras.layers", "class_name": "InputLayer",
    "config": {"batch_shape": [null, 3], "name": "in"}, "registered_name": null}, )";
const std::string dropout = R"({"class_name": "Dropout",
    "config": {"name": "drop", "rate": 0.5, "seed": null, "noise_shape": null}}, )";
const std::string dense_layer = R"({"class_name": "Dense", "config": {"name": "out", "units": 2,
    "activation": "softmax", "use_bias": true, "kernel_initializer": {"module": "keras.initializers",
    "class_name": "HeNormal", "config": {"seed": null}}, "bias_initializer": {"class_name":
    "Mystery", "config": {}}, "kernel_regularizer": null}})";

}  // namespace

TEST_CASE("a model comes back as it was") {
  const test::TemporaryFolder folder;
  const std::string path = folder.file("model.h5");
  const ModelContent saved = example();
  save_model(path, saved);
  save_model(path, saved);  // over itself
  const ModelContent loaded = load_model(path, {});
  CHECK(loaded.input == saved.input);
  CHECK(loaded.layers == saved.layers);
  CHECK(loaded.weights == saved.weights);
  CHECK(loaded.loss == saved.loss);
  CHECK(loaded.huber_delta == saved.huber_delta);
  CHECK(loaded.metrics == saved.metrics);
  CHECK(loaded.weighted_metrics == saved.weighted_metrics);
  CHECK(loaded.transforms == saved.transforms);
  CHECK(loaded.class_names == saved.class_names);
  CHECK(loaded.columns == saved.columns);
  CHECK(loaded.facts == saved.facts);
  CHECK_FALSE(std::filesystem::exists(path + ".part"));
}

TEST_CASE("a file is not larger than what is kept free for it, and not much smaller") {
  const test::TemporaryFolder folder;
  ModelContent content = example();
  std::string long_name = "x";
  for (int more = 0; more < 4; ++more) {
    save_model(folder.file("model.h5"), content);
    const std::uint64_t bytes = std::filesystem::file_size(folder.file("model.h5"));
    const std::uint64_t wanted = model_file_bytes(content, 0);
    CHECK(wanted >= bytes);
    CHECK(wanted <= bytes + 40'000);
    content.layers.insert(content.layers.begin() + 1, DenseOptions{.units = 6, .use_bias = false});
    content.weights.resize(content.weights.size() + 36);
    long_name += std::string(500, 'y');
    content.columns.names.push_back(long_name);
  }
}

TEST_CASE("the file has Keras's layout") {
  const test::TemporaryFolder folder;
  save_model(folder.file("model.h5"), example());
  const hdf5::File file = hdf5::File::open(folder.file("model.h5"));
  const auto names = [&](const char* group, const char* attribute) {
    return hdf5::read_texts(file, group, attribute).value();
  };
  CHECK(names("model_weights", "layer_names") ==
        std::vector<std::string>{"flatten", "dense", "dropout", "dense_1", "activation"});
  CHECK(names("model_weights/dense", "weight_names") ==
        std::vector<std::string>{"dense/kernel:0", "dense/bias:0"});
  CHECK(names("model_weights/dropout", "weight_names").empty());
  const hdf5::NumberDataset kernel = file.dataset("model_weights/dense/dense/kernel:0");
  CHECK(kernel.extents() == std::vector<std::uint64_t>{6, 3});
  std::vector<float> row(3);
  kernel.read(1, std::span(row));
  CHECK(row == std::vector<float>{4, 5, 6});  // (in, out) row-major is (out, in) column-major
  CHECK(hdf5::read_text(file, "/", "keras_version").has_value());
}

TEST_CASE("a model that Keras 3 wrote is read, whatever its names") {
  const test::TemporaryFolder folder;
  const ModelContent model =
      load_model(write_keras3(folder.file("keras.h5"), input + dropout + dense_layer), {});
  CHECK(model.input == Shape{3});
  REQUIRE(model.layers.size() == 2);
  CHECK(std::get<DropoutOptions>(model.layers[0]).rate == 0.5);
  const auto& out = std::get<DenseOptions>(model.layers[1]);
  CHECK(out.units == 2);
  CHECK(out.activation == Activation::softmax);
  CHECK(out.kernel_initializer.kind == InitializerKind::he_normal);
  CHECK(model.weights == AlignedVector<float>{1, 2, 3, 4, 5, 6, 7, 8});
  CHECK(model.loss == LossKind::categorical_crossentropy);
  CHECK(model.class_names.empty());
}

TEST_CASE("a hard_sigmoid is that of the Keras that wrote the file") {
  const test::TemporaryFolder folder;
  const std::string path = folder.file("keras.h5");
  std::string layers = input + dense_layer;
  layers.replace(layers.find("softmax"), 7, "hard_sigmoid");
  const auto read_from = [&](const char* version) {
    write_keras3(path, layers);
    {
      hdf5::File file = hdf5::File::update(path);
      hdf5::write_attribute(file, "/", "keras_version", version);
    }
    return std::get<DenseOptions>(load_model(path, {}).layers.at(0)).activation;
  };
  CHECK(read_from("3.15.1") == Activation::hard_sigmoid);
  CHECK(read_from("2.15.0") == Activation::hard_sigmoid_keras2);
  CHECK(read_from("2.1.6-tf") == Activation::hard_sigmoid_keras2);
  CHECK(read_from("1.2.2") == Activation::hard_sigmoid_keras2);
  write_keras3(path, layers);  // which does not say its version, as those before Keras 2
  CHECK(std::get<DenseOptions>(load_model(path, {}).layers.at(0)).activation ==
        Activation::hard_sigmoid_keras2);

  ModelContent ours = example();
  std::get<DenseOptions>(ours.layers.at(1)).activation = Activation::hard_sigmoid;
  std::get<DenseOptions>(ours.layers.at(3)).activation = Activation::hard_sigmoid_keras2;
  save_model(path, ours);
  CHECK(load_model(path, {}).layers == ours.layers);
}

TEST_CASE("what older versions of Keras called otherwise, or wrapped, is understood") {
  const test::TemporaryFolder folder;
  const std::string older = R"({"class_name": "LeakyReLU", "config": {"name": "a",
      "alpha": {"type": "ndarray", "value": 0.25}}}, {"class_name": "Softmax", "config": {"name":
      "b", "axis": [1]}}, {"class_name": "Reshape", "config": {"name": "c", "target_shape":
      {"class_name": "__tuple__", "items": [-1]}}}, )";
  const ModelContent model =
      load_model(write_keras3(folder.file("keras.h5"), input + older + dense_layer), {});
  CHECK(std::get<LeakyReluOptions>(model.layers.at(0)).negative_slope == 0.25);
  CHECK(std::get<SoftmaxOptions>(model.layers.at(1)).axis == 1);
  CHECK(std::get<ReshapeOptions>(model.layers.at(2)).target_shape == std::vector<std::int64_t>{-1});
}

TEST_CASE("a model that Tusk cannot be true to is refused with the layer's name") {
  const test::TemporaryFolder folder;
  const std::string path = folder.file("keras.h5");
  const auto load = [&](const std::string& layers) {
    return load_model(write_keras3(path, layers), {});
  };
  const auto without = [](std::string text, const std::string& from, const std::string& to) {
    return text.replace(text.find(from), from.size(), to);
  };
  const std::string conv = R"({"class_name": "Conv3D", "config": {"name": "c"}}, )";
  CHECK_FAILS(load(input + conv + dense_layer), ExitCode::bad_data,
              "layer 'c' (Conv3D) is of a type");
  CHECK_FAILS(load(dropout + dense_layer), ExitCode::bad_data, "does not say its input's shape");
  CHECK_FAILS(load(input + without(dense_layer, "softmax", "mish")), ExitCode::bad_data,
              "layer 'out' (Dense) has activation 'mish', which Tusk does not have: ");
  CHECK_FAILS(load(input + without(dense_layer, "2", "-2")), ExitCode::bad_data,
              "layer 'out' (Dense) has units -2; it must be a whole number");
  CHECK_FAILS(load(input + without(dense_layer, "2", "1e99")), ExitCode::bad_data,
              "has units 1e+99; it must");
  CHECK_FAILS(load(input + without(dense_layer, "2", "2147483648")), ExitCode::bad_data,
              "has units 2147483648; it must be a whole number, between 1 and 2147483647");
  CHECK_FAILS(load(input + without(dense_layer, "2", "2147483647")), ExitCode::bad_data,
              "has shape");
  CHECK_FAILS(load(input + without(dense_layer, "2", "3")), ExitCode::bad_data, "has shape (3, 2)");
  CHECK_FAILS(load(input + without(dropout, "0.5", "1.5") + dense_layer), ExitCode::bad_data,
              "layer 'drop' (Dropout) has rate 1.5; it must be at least 0 and below 1");
  CHECK_FAILS(load(input + without(dense_layer, "\"units\": 2,", "")), ExitCode::bad_data,
              "layer 'out' (Dense) has no units");
  CHECK_FAILS(load(input + without(dense_layer, "true", "false")), ExitCode::bad_data,
              "has 2 arrays in the file, but 1 in the model");
  CHECK_FAILS(load(input + dense_layer + ", " + without(dense_layer, "out", "two")),
              ExitCode::bad_data, "weights of 1 layers for a model of 2");
  CHECK_FAILS(load(without(input, "3", "0") + dense_layer), ExitCode::bad_data,
              "no plausible size");
  CHECK_FAILS(load("[}"), ExitCode::bad_data, "model_config");
  CHECK_FAILS(load("7"), ExitCode::bad_data, "model_config");
  CHECK_FAILS(load_model(write_keras3(path, input + dense_layer, "Graph"), {}), ExitCode::bad_data,
              "Sequential and Functional are supported");
}

TEST_CASE("a file that is no model, or a damaged one, is refused") {
  const test::TemporaryFolder folder;
  const std::string path = folder.file("model.h5");
  CHECK_FAILS(load_model(path, {}), ExitCode::no_input, "No such file");
  hdf5::File::create(path).create_dataset("features", ElementType::u8, {3});
  CHECK_FAILS(load_model(path, {}), ExitCode::bad_data, "not a Keras model");
  save_model(path, example());
  {
    hdf5::File file = hdf5::File::update(path);
    const std::vector<float> nan{std::numeric_limits<float>::quiet_NaN(), 0, 0};
    file.dataset("model_weights/dense/dense/kernel:0").write(2, std::span<const float>(nan));
  }
  CHECK_FAILS(load_model(path, {}), ExitCode::bad_data, "not finite");
  save_model(path, example());
  {
    hdf5::File file = hdf5::File::update(path);
    hdf5::write_attribute(file, "tusk", "loss", "hinge");
  }
  CHECK_FAILS(load_model(path, {}), ExitCode::bad_data, "loss 'hinge' is not known");
}

TEST_CASE("a small file cannot make a large model by naming its weights again and again") {
  const test::TemporaryFolder folder;
  const std::string path = folder.file("model.h5");
  ModelContent model{.input = Shape{300}, .layers = {DenseOptions{.units = 300}}};
  model.weights.resize(300 * 300 + 300);
  save_model(path, model);
  const std::string layer = hdf5::read_text(hdf5::File::open(path), "/", "model_config").value();
  const std::size_t begin = layer.find(R"({"class_name":"Dense")");
  const std::string dense_layer = layer.substr(begin, layer.rfind("]}}") - begin);
  std::string config = layer;
  config.insert(begin, dense_layer + ",");
  const std::vector<std::string> twice{"dense", "dense"};
  {
    hdf5::File file = hdf5::File::update(path);
    hdf5::write_attribute(file, "/", "model_config", config);
    hdf5::write_attribute(file, "model_weights", "layer_names", twice);
  }
  CHECK_FAILS(load_model(path, {}), ExitCode::bad_data, "several layers claim the same weights");
}

TEST_CASE("a model that cannot be written leaves nothing behind") {
  const test::TemporaryFolder folder;
  CHECK_FAILS(save_model(folder.file("none/model.h5"), example()), ExitCode::cannot_create,
              "No such file");
  ModelContent wrong = example();
  wrong.weights.pop_back();
  CHECK_FAILS(save_model(folder.file("model.h5"), wrong), ExitCode::internal, "26 weights");
  CHECK(std::filesystem::is_empty(folder.path()));
}

}  // namespace tusk::formats
