// SPDX-License-Identifier: Apache-2.0
#include "net/formats/keras3_weights.hpp"

#include <doctest/doctest.h>

#include <string>
#include <vector>

#include "check_fails.hpp"
#include "data/hdf5/memory_file.hpp"
#include "net/formats/model_file.hpp"
#include "temporary_folder.hpp"

namespace tusk::formats {
namespace {

hdf5::File file_of(const std::vector<std::string>& paths) {
  hdf5::File file = hdf5::create_bytes("w");
  const std::vector<float> number{1.0F};
  for (const std::string& path : paths) {
    file.create_dataset(path, ElementType::f32, {1}).write(0, std::span<const float>(number));
  }
  return hdf5::open_bytes("w", hdf5::to_bytes(file));
}

using Paths = std::vector<std::vector<std::string>>;

}  // namespace

TEST_CASE("classes have the paths that Keras gives them") {
  CHECK(keras3_class_path("Dense") == "dense");
  CHECK(keras3_class_path("DepthwiseConv2D") == "depthwise_conv2d");
  CHECK(keras3_class_path("Conv2DTranspose") == "conv2d_transpose");
  CHECK(keras3_class_path("GlobalAveragePooling1D") == "global_average_pooling1d");
  CHECK(keras3_class_path("ReLU") == "re_lu");
  CHECK(keras3_class_path("PReLU") == "p_re_lu");
  CHECK(keras3_class_path("LeakyReLU") == "leaky_re_lu");
  CHECK(keras3_class_path("GRU") == "gru");
  CHECK(keras3_class_path("TimeDistributed") == "time_distributed");
  CHECK(keras3_class_path("lab>MyLayer") == "my_layer");
}

TEST_CASE("arrays are found by class and number, in models within models, too") {
  const hdf5::File file = file_of(
      {"layers/dense/vars/0", "layers/dense_1/vars/0", "layers/dense_1/vars/1",
       "layers/functional/layers/dense/vars/0", "layers/bidirectional/backward_layer/cell/vars/0",
       "layers/bidirectional/forward_layer/cell/vars/0", "layers/dropout/seed_generator/vars/0",
       "optimizer/vars/0", "vars/0", "layers/gru/cell/vars/0", "layers/dense_1/vars/10",
       "layers/dense_1/vars/2"});
  const std::vector<Keras3Place> places{{{"bidirectional", 0}},
                                        {{"functional", 0}, {"dense", 0}},
                                        {{"dense", 1}},
                                        {{"gru", 0}},
                                        {{"dense", 0}}};
  const Paths wanted{{"layers/bidirectional/forward_layer/cell/vars/0",
                      "layers/bidirectional/backward_layer/cell/vars/0"},
                     {"layers/functional/layers/dense/vars/0"},
                     {"layers/dense_1/vars/0", "layers/dense_1/vars/1", "layers/dense_1/vars/2",
                      "layers/dense_1/vars/10"},
                     {"layers/gru/cell/vars/0"},
                     {"layers/dense/vars/0"}};
  CHECK(keras3_paths(file, places) == wanted);
}

TEST_CASE("numbers may be left out, and the container have its older name") {
  const hdf5::File file = file_of({"_layer_checkpoint_dependencies/dense/vars/0",
                                   "_layer_checkpoint_dependencies/dense_4/vars/0",
                                   "_layer_checkpoint_dependencies/dense_10/vars/0"});
  CHECK(has_keras3_weights(file));
  const std::vector<Keras3Place> places{{{"dense", 0}}, {{"dense", 1}}, {{"dense", 2}}};
  CHECK(keras3_paths(file, places) == Paths{{"_layer_checkpoint_dependencies/dense/vars/0"},
                                            {"_layer_checkpoint_dependencies/dense_4/vars/0"},
                                            {"_layer_checkpoint_dependencies/dense_10/vars/0"}});
  CHECK_FAILS(keras3_paths(file, std::vector<Keras3Place>{{{"dense", 0}}}), ExitCode::bad_data,
              "weights of 3 layers of class 'dense', but the model has 1");
  const std::vector<Keras3Place> other{
      {{"dense", 0}}, {{"dense", 1}}, {{"dense", 2}}, {{"conv1d", 0}}};
  CHECK_FAILS(keras3_paths(file, other), ExitCode::bad_data, "0 layers of class 'conv1d'");
}

TEST_CASE("weights of layers that the model does not have are an error") {
  const hdf5::File file = file_of({"layers/dense/vars/0", "layers/conv1d_transpose/vars/0"});
  const std::vector<Keras3Place> places{{{"dense", 0}}};
  CHECK_FAILS(keras3_paths(file, places), ExitCode::bad_data,
              "a layer 'conv1d_transpose', which the model does not have");
}

TEST_CASE("a model is the same from .keras as it was written") {
  const test::TemporaryFolder folder;
  const std::string path = folder.file("m.keras");
  ModelContent content{.input = Shape{4, 3}, .layers = {}, .weights = {}};
  GruOptions gru;
  gru.units = 2;
  gru.return_sequences = true;
  content.layers = {BidirectionalOptions{.layer = InnerLayer({gru})},
                    TimeDistributedOptions{.layer = InnerLayer({DenseOptions{.units = 3}})},
                    BatchNormalizationOptions{}, FlattenOptions{}, DenseOptions{.units = 2}};
  content.layers[1].trainable = false;
  content.weights.resize(layout_of(content).parameter_count());
  for (std::size_t i = 0; i < content.weights.size(); ++i) {
    content.weights[i] = static_cast<float>(i + 1);
  }
  content.loss = LossKind::mse;
  content.class_names = {"a", "b"};
  content.optimizer = OptimizerOptions{.kind = AdamOptions{}};
  CHECK(save_archive(path, content).empty());
  const ModelContent back = load_model(path, {});
  CHECK(back.weights == content.weights);
  CHECK(back.layers == content.layers);
  CHECK(back.class_names == content.class_names);
  CHECK(back.optimizer == content.optimizer);
  const graph::Model model = layout_of(content);
  CHECK(load_weights(path, model, {}) == content.weights);
  save_model(folder.file("m.h5"), content);
  CHECK(load_weights(folder.file("m.h5"), model, {}) == content.weights);
}

}  // namespace tusk::formats
