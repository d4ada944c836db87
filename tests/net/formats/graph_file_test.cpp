// SPDX-License-Identifier: Apache-2.0
// Graphs, names and frozen layers in model files.
#include <doctest/doctest.h>

#include <numeric>
#include <string>
#include <vector>

#include "check_fails.hpp"
#include "data/hdf5/attributes.hpp"
#include "data/hdf5/file.hpp"
#include "net/formats/model_file.hpp"
#include "temporary_folder.hpp"

namespace tusk::formats {
namespace {

LayerEntry entry_of(LayerEntry entry, std::string name, std::vector<std::string> inputs) {
  entry.name = std::move(name);
  entry.inputs = std::move(inputs);
  return entry;
}

LayerEntry further_call(std::string name, std::vector<std::string> inputs) {
  LayerEntry entry = entry_of({}, std::move(name), std::move(inputs));
  entry.use = "tower";
  return entry;
}

// Two inputs, a layer that is called twice, two outputs with losses of their own.
ModelContent two_by_two() {
  ModelContent content;
  content.layers = {
      entry_of(DenseOptions{.units = 3, .activation = Activation::tanh}, "tower", {"left"}),
      entry_of(AddOptions{}, "sum", {"tower", "tower:1"}),
      entry_of(DenseOptions{.units = 2, .activation = Activation::softmax}, "kind", {"sum"}),
      entry_of(DenseOptions{.units = 2}, "value", {"sum"}), further_call("", {"right"})};
  content.layers[3].trainable = false;
  content.inputs = {{"left", {4}}, {"right", {4}}};
  content.input = Shape{4};
  content.outputs = {{.name = "kind",
                      .loss = LossKind::categorical_crossentropy,
                      .loss_weight = 0.25,
                      .metrics = std::vector{MetricKind::accuracy}},
                     {.name = "value",
                      .loss = LossKind::huber,
                      .huber_delta = 0.5,
                      .metrics = std::vector<MetricKind>{},
                      .weighted_metrics = std::vector{MetricKind::mse}}};
  content.weights.resize(4 * 3 + 3 + 2 * (3 * 2 + 2));
  std::iota(content.weights.begin(), content.weights.end(), 1.0F);
  return content;
}

ModelContent round_trip(const ModelContent& saved) {
  const test::TemporaryFolder folder;
  save_model(folder.file("model.h5"), saved);
  return load_model(folder.file("model.h5"), {});
}

}  // namespace

TEST_CASE("a file keeps what each input and output was trained on") {
  const test::TemporaryFolder folder;
  const std::string path = folder.file("model.h5");
  ModelContent saved = two_by_two();
  saved.transforms = R"([{"factor":0.5,"offset":0.0,"type":"scale"}])";
  saved.input_data = {{.dataset = "events/left",
                       .transforms = saved.transforms,
                       .stored = Shape{2, 2},
                       .columns = {.names = {"a", "b", "c", "d"}, .categories = {}}},
                      {.dataset = "right"}};
  saved.label_data = {{.dataset = "kind", .class_names = {"no", "yes"}}, {.dataset = "values"}};
  CHECK(save_model(path, saved).empty());
  const ModelContent loaded = load_model(path, {});
  CHECK(loaded.layers == saved.layers);  // without those that scale `left` for Keras
  CHECK(loaded.inputs == saved.inputs);
  CHECK_FALSE(loaded.stored);
  REQUIRE(loaded.input_data.size() == 2);
  CHECK(loaded.input_data[0].dataset == "events/left");
  CHECK(loaded.input_data[0].transforms == saved.transforms);
  CHECK(loaded.input_data[0].stored == Shape{2, 2});
  CHECK(loaded.input_data[0].columns == saved.input_data[0].columns);
  CHECK(loaded.input_data[1].dataset == "right");
  CHECK(loaded.input_data[1].transforms == "[]");
  REQUIRE(loaded.label_data.size() == 2);
  CHECK(loaded.label_data[0].class_names == std::vector<std::string>{"no", "yes"});
  CHECK(loaded.label_data[1].dataset == "values");
  CHECK(round_trip(two_by_two()).input_data.empty());
  saved.input_data[1].transforms = R"([{"offset":1.0,"type":"log"}])";
  const std::vector<std::string> notes = save_model(path, saved);
  REQUIRE(notes.size() == 1);
  CHECK(notes[0].starts_with("input 'right': transform 0 (log) cannot be written for Keras"));
  saved.label_data.push_back({.dataset = "more"});
  save_model(path, saved);
  CHECK_FAILS(load_model(path, {}), ExitCode::bad_data, "data of 2 inputs and 3 labels");
}

TEST_CASE("a graph comes back as it was") {
  const ModelContent saved = two_by_two();
  const ModelContent loaded = round_trip(saved);
  CHECK(loaded.layers == saved.layers);
  CHECK(loaded.inputs == saved.inputs);
  CHECK(loaded.outputs == saved.outputs);
  CHECK(loaded.weights == saved.weights);
  CHECK(loaded.input == Shape{4});
}

// Keras pairs layers and weights by an order of its own, in which it puts the layers itself.
TEST_CASE("a graph is written in Keras's order, whatever order it was trained in") {
  const test::TemporaryFolder folder;
  ModelContent saved;
  saved.layers = {entry_of(DenseOptions{.units = 2}, "short", {"x"}),
                  entry_of(DenseOptions{.units = 2}, "second", {"first"}),
                  entry_of(DenseOptions{.units = 2}, "first", {"x"}),
                  entry_of(SubtractOptions{}, "out", {"short", "second"})};
  saved.input = Shape{2};
  saved.inputs = {{"x", {2}}};
  saved.outputs = {{.name = "out"}};
  saved.loss = LossKind::mse;
  saved.weights.resize(18);
  std::iota(saved.weights.begin(), saved.weights.end(), 1.0F);
  saved.optimizer = OptimizerOptions{.kind = SgdOptions{.momentum = 0.9}};
  saved.optimizer_state = OptimizerState{
      .optimizer = "sgd", .iterations = 3, .pieces = {{"momentum", std::vector<float>(18, 0.5F)}}};
  std::iota(saved.optimizer_state->pieces[0].values.begin(),
            saved.optimizer_state->pieces[0].values.end(), 101.0F);
  const graph::Model model = layout_of(saved);
  save_model(folder.file("model.h5"), saved);
  save_archive(folder.file("model.keras"), saved);
  for (const char* name : {"model.h5", "model.keras"}) {
    const ModelContent loaded = load_model(folder.file(name), {});
    std::vector<std::string> names;
    for (const LayerEntry& layer : loaded.layers) names.push_back(layer.name);
    CHECK(names == std::vector<std::string>{"first", "short", "second", "out"});
    CHECK(loaded.weights[0] == 13.0F);  // of `first`, which was the third
    CHECK(weights_for(model, loaded) == saved.weights);
    std::string reason;
    const auto state =
        load_optimizer_state(folder.file(name), *saved.optimizer, layout_of(loaded), reason);
    REQUIRE(state.has_value());
    CHECK(state->pieces[0].values[0] == 113.0F);
  }
  const hdf5::File file = hdf5::File::open(folder.file("model.h5"));
  CHECK(hdf5::read_texts(file, "model_weights", "layer_names") ==
        std::vector<std::string>{"first", "short", "second", "out"});
  CHECK(hdf5::read_texts(file, "tusk/optimizer_weights", "weight_names")->at(2) ==
        "sgd/first/kernel_momentum");
  // A file's weights for layers that an experiment has in its own order.
  CHECK(load_weights(folder.file("model.keras"), model, {}) == saved.weights);
}

TEST_CASE("an output that is a further call keeps the name that training had for it") {
  ModelContent saved = two_by_two();
  saved.layers[4].name = "again";
  saved.layers[1].inputs = {"tower", "again"};
  saved.outputs.push_back({.name = "again", .loss = LossKind::mse});
  const ModelContent loaded = round_trip(saved);
  CHECK(loaded.outputs == saved.outputs);
  CHECK(loaded.layers == saved.layers);
}

TEST_CASE("a chain keeps names and what is frozen, and stays Sequential") {
  const test::TemporaryFolder folder;
  ModelContent saved;
  saved.input = Shape{3};
  saved.layers = {entry_of(DenseOptions{.units = 2}, "stem", {}), DenseOptions{.units = 2}};
  saved.layers[0].trainable = false;
  saved.weights.resize(3 * 2 + 2 + 2 * 2 + 2);
  std::iota(saved.weights.begin(), saved.weights.end(), 1.0F);
  const std::string path = folder.file("model.h5");
  save_model(path, saved);
  const ModelContent loaded = load_model(path, {});
  CHECK(loaded.layers[0] == saved.layers[0]);
  CHECK_FALSE(loaded.layers[0].trainable);
  CHECK(loaded.layers[1].trainable);
  CHECK(loaded.weights == saved.weights);
  CHECK(loaded.inputs.empty());
  const hdf5::File file = hdf5::File::open(path);
  CHECK(hdf5::read_text(file, "/", "model_config")->starts_with(R"({"class_name":"Sequential")"));
  // The file has the layers in their order, whatever is frozen.
  std::vector<float> bias(2);
  file.dataset("model_weights/stem/stem/bias:0").read(0, std::span(bias));
  CHECK(bias == std::vector<float>{13, 14});  // frozen: behind the 6 of the other layer
}

TEST_CASE("weights go where a model that freezes other layers has them") {
  ModelContent content;
  content.input = Shape{1};
  content.layers = {DenseOptions{.units = 1}, DenseOptions{.units = 1}};
  content.weights = {1, 2, 3, 4};
  ModelOptions options = options_of(content);
  options.frozen = {"dense"};
  const graph::Model model = make_model(options, content);
  CHECK(weights_for(model, content) == AlignedVector<float>{3, 4, 1, 2});
}

TEST_CASE("a damaged graph is refused with the layer") {
  const test::TemporaryFolder folder;
  const std::string path = folder.file("model.h5");
  const auto load_changed = [&](const std::string& from, const std::string& to) {
    save_model(path, two_by_two());
    std::string json;
    {
      const hdf5::File file = hdf5::File::open(path);
      json = *hdf5::read_text(file, "/", "model_config");
    }
    const std::size_t at = json.find(from);
    REQUIRE(at != std::string::npos);
    json.replace(at, from.size(), to);
    const std::string changed = folder.file("changed.h5");
    hdf5::File file = hdf5::File::create(changed);
    hdf5::write_attribute(file, "/", "model_config", json);
    file.close();
    load_model(changed, {});
  };
  CHECK_FAILS(load_changed(R"(["left",0,0])", R"(["lost",0,0])"), ExitCode::bad_data, "'lost'");
  CHECK_FAILS(load_changed(R"("class_name":"Add")", R"("class_name":"GetItem")"),
              ExitCode::bad_data, "layer 'sum' (GetItem) is of a type that Tusk does not have");
  CHECK_FAILS(load_changed(R"(["left",0,0,{}])", R"(["left",0,0,{"y":2.0}])"), ExitCode::bad_data,
              "layer 'tower' (Dense) is called with something else");
  CHECK_FAILS(load_changed(R"([["left",0,0,{}]])",
                           R"({"args":[{"class_name":"slice","config":{}}],"kwargs":{}})"),
              ExitCode::bad_data, "layer 'tower' (Dense) is called with something else");
  CHECK_FAILS(load_changed(R"("inbound_nodes":[[["left")", R"("nodes":[[["left")"),
              ExitCode::bad_data, "model_config");
}

}  // namespace tusk::formats
