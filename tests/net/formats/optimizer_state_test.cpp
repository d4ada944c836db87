// SPDX-License-Identifier: Apache-2.0
#include "net/formats/optimizer_state.hpp"

#include <doctest/doctest.h>

#include <filesystem>
#include <limits>
#include <nlohmann/json.hpp>
#include <numeric>
#include <span>
#include <string>
#include <vector>

#include "check_fails.hpp"
#include "data/hdf5/attributes.hpp"
#include "data/hdf5/file.hpp"
#include "net/formats/model_file.hpp"
#include "temporary_folder.hpp"

namespace tusk::formats {
namespace {

constexpr std::size_t trained = 3 * 2 + 2 + 2 * 1 + 1;

// 3 → 2 → 1, trained by Adam for 9 steps.
ModelContent trained_model(const OptimizerOptions& optimizer) {
  ModelContent content;
  content.input = Shape{3};
  content.layers = {DenseOptions{.units = 2}, DenseOptions{.units = 1}};
  content.weights.resize(trained, 0.5F);
  content.loss = LossKind::mse;
  content.optimizer = optimizer;
  OptimizerState state = *empty_state(optimizer, trained);
  state.iterations = 9;
  state.learning_rate = 0.25;
  float first = 1.0F;
  for (OptimizerState::Piece& piece : state.pieces) {
    std::iota(piece.values.begin(), piece.values.end(), first);
    first += 100.0F;
  }
  content.optimizer_state = state;
  return content;
}

graph::Model model_in(const std::string& path) {
  const ModelContent content = load_model(path, {});
  return make_model(options_of(content), content);
}

std::optional<OptimizerState> state_in(const std::string& path, const OptimizerOptions& optimizer) {
  std::string reason;
  return load_optimizer_state(path, optimizer, model_in(path), reason);
}

std::string reason_of(const std::string& path, const OptimizerOptions& optimizer) {
  std::string reason;
  CHECK_FALSE(load_optimizer_state(path, optimizer, model_in(path), reason).has_value());
  return reason;
}

// The variables of Adam as Keras 3 has them, with other things in the place of some.
struct KerasState {
  std::vector<std::string> names{"adam/iteration",  "adam/learning_rate", "adam/a_momentum",
                                 "adam/a_velocity", "adam/b_momentum",    "adam/b_velocity",
                                 "adam/c_momentum", "adam/c_velocity",    "adam/d_momentum",
                                 "adam/d_velocity"};
  std::vector<std::vector<std::uint64_t>> shapes{{},  {},     {3, 2}, {3, 2}, {2},
                                                 {2}, {2, 1}, {2, 1}, {1},    {1}};
  float value = 4.0F;
  std::string keras_version = "3.15.1";
};

std::string write_keras_state(const std::string& path, const KerasState& state) {
  ModelContent content = trained_model(with_defaults(AdamOptions{}));
  content.optimizer_state.reset();
  save_model(path, content);
  hdf5::File file = hdf5::File::update(path);
  hdf5::write_attribute(file, "/", "keras_version", state.keras_version);
  file.create_group("optimizer_weights");
  hdf5::write_attribute(file, "optimizer_weights", "weight_names", state.names);
  for (std::size_t i = 0; i < state.shapes.size(); ++i) {
    hdf5::NumberDataset dataset = file.create_dataset("optimizer_weights/" + state.names[i],
                                                      ElementType::f32, state.shapes[i]);
    const std::vector<float> values(dataset.rows() * dataset.row_elements(), state.value);
    dataset.write(0, std::span<const float>(values));
  }
  return path;
}

}  // namespace

TEST_CASE("what an optimizer remembers comes back as it was") {
  const test::TemporaryFolder folder;
  const std::string path = folder.file("model.h5");
  for (const OptimizerKind& kind :
       {OptimizerKind(SgdOptions{.momentum = 0.5}), OptimizerKind(SgdOptions{}),
        OptimizerKind(AdagradOptions{}),
        OptimizerKind(RmspropOptions{.momentum = 0.1, .centered = true}),
        OptimizerKind(AdamOptions{.amsgrad = true}), OptimizerKind(AdamwOptions{}),
        OptimizerKind(AdadeltaOptions{}), OptimizerKind(AdamaxOptions{}),
        OptimizerKind(NadamOptions{})}) {
    const ModelContent content = trained_model(with_defaults(kind));
    CHECK(save_model(path, content).empty());
    CHECK(load_model(path, {}).optimizer == content.optimizer);
    const std::size_t pieces = content.optimizer_state->pieces.size();
    CHECK(model_file_bytes(content, pieces) >= std::filesystem::file_size(path));
    const auto loaded = state_in(path, *content.optimizer);
    REQUIRE(loaded.has_value());
    CHECK(loaded->iterations == 9);
    CHECK(loaded->learning_rate == 0.25);
    REQUIRE(loaded->pieces.size() == pieces);
    for (std::size_t i = 0; i < loaded->pieces.size(); ++i) {
      CHECK(loaded->pieces[i].name == content.optimizer_state->pieces[i].name);
      CHECK(loaded->pieces[i].values == content.optimizer_state->pieces[i].values);
    }
  }
}

TEST_CASE("the variables stand in Keras's order") {
  const test::TemporaryFolder folder;
  const std::string path = folder.file("model.h5");
  save_model(path, trained_model(with_defaults(AdamOptions{.amsgrad = true})));
  const hdf5::File file = hdf5::File::open(path);
  CHECK_FALSE(file.has_group("optimizer_weights"));  // where Keras 3 would stumble over it
  CHECK(hdf5::read_texts(file, "tusk/optimizer_weights", "weight_names") ==
        std::vector<std::string>{
            "adam/iteration", "adam/learning_rate", "adam/dense/kernel_momentum",
            "adam/dense/kernel_velocity", "adam/dense/bias_momentum", "adam/dense/bias_velocity",
            "adam/dense_1/kernel_momentum", "adam/dense_1/kernel_velocity",
            "adam/dense_1/bias_momentum", "adam/dense_1/bias_velocity",
            "adam/dense/kernel_velocity_hat", "adam/dense/bias_velocity_hat",
            "adam/dense_1/kernel_velocity_hat", "adam/dense_1/bias_velocity_hat"});
}

TEST_CASE("what another optimizer remembers is not taken") {
  const test::TemporaryFolder folder;
  const std::string path = folder.file("model.h5");
  save_model(path, trained_model(with_defaults(AdamOptions{})));
  CHECK(reason_of(path, with_defaults(AdagradOptions{})) == "it is another optimizer's");
  CHECK(reason_of(path, with_defaults(AdamOptions{.amsgrad = true})) ==
        "it is another optimizer's");
  CHECK(state_in(path, with_defaults(AdamOptions{.beta_1 = 0.5})).has_value());
  const OptimizerOptions adam = with_defaults(AdamOptions{});
  write_keras_state(path, {.keras_version = "2.15.0"});
  CHECK(reason_of(path, adam) == "that of Keras 2 is not read");
  ModelContent none = trained_model(adam);
  none.optimizer_state.reset();
  save_model(path, none);
  CHECK(reason_of(path, adam).empty());
}

TEST_CASE("a state that does not fit is an error") {
  const test::TemporaryFolder folder;
  const std::string path = folder.file("model.h5");
  const OptimizerOptions adam = with_defaults(AdamOptions{});
  CHECK(state_in(write_keras_state(path, {}), adam)->pieces[1].values ==
        std::vector<float>(trained, 4.0F));
  const auto refuses = [&](const KerasState& state, const std::string& why) {
    CHECK_FAILS(state_in(write_keras_state(path, state), adam), ExitCode::bad_data, why);
  };
  KerasState state;
  state.names.resize(8);
  state.shapes.resize(8);
  refuses(state,
          "the state in group 'optimizer_weights' is none of optimizer 'adam': it has 8 "
          "arrays, not 10");
  state = {};
  state.shapes[3] = {2, 3};
  refuses(state, "'adam/a_velocity' has shape (2, 3), not (3, 2)");
  refuses({.value = std::numeric_limits<float>::quiet_NaN()}, "'optimizer_weights/adam/iteration'");
  state = {};
  state.names[4] = "adam/nothing";
  write_keras_state(path, {});
  {
    hdf5::File file = hdf5::File::update(path);
    hdf5::write_attribute(file, "optimizer_weights", "weight_names", state.names);
  }
  CHECK_FAILS(state_in(path, adam), ExitCode::bad_data, "adam/nothing");
}

TEST_CASE("a hostile word on the training is an error in a line, or passed over with a reason") {
  const test::TemporaryFolder folder;
  const std::string path = folder.file("model.h5");
  const auto nested = [](const std::string& key) {
    return "{\"" + key + "\":" + std::string(100'000, '[') + std::string(100'000, ']') + "}";
  };
  const auto with = [&](const char* object, const char* attribute, const std::string& text) {
    save_model(path, trained_model(with_defaults(AdamOptions{})));
    hdf5::File file = hdf5::File::update(path);
    hdf5::write_attribute(file, object, attribute, text);
    file.close();
    return load_model(path, {});
  };
  CHECK_FAILS(with("tusk", "optimizer", nested("learning_rate")), ExitCode::bad_data,
              "the attribute 'optimizer' of group 'tusk': its JSON is nested more than 200 deep");
  CHECK_FAILS(with("tusk", "optimizer", "[1"), ExitCode::bad_data, "cannot be read");
  CHECK_FAILS(with("tusk", "optimizer", R"({"name":"adam","beta_1":1e300})"), ExitCode::bad_data,
              "has beta_1 1e+300; it must be at least 0 and below 1");
  // A model that is to predict need not know how it was compiled.
  for (const std::string& text :
       {nested("optimizer_config"), std::string("{"), std::string(R"({"optimizer_config":7})"),
        std::string(R"({"optimizer_config":{"class_name":3,"config":[]}})"),
        std::string(
            R"({"optimizer_config":{"class_name":"SGD","config":{"learning_rate":"x"}}})")}) {
    CHECK(with("/", "training_config", text).weights.size() == trained);
  }
}

TEST_CASE("a model says for Keras how it was trained") {
  const test::TemporaryFolder folder;
  const std::string path = folder.file("model.h5");
  ModelContent content = trained_model(with_defaults(SgdOptions{.momentum = 0.5}));
  content.loss = LossKind::categorical_crossentropy;
  content.metrics = {MetricKind::accuracy, MetricKind::mae};
  const auto config = [&] {
    save_model(path, content);
    const hdf5::File file = hdf5::File::open(path);
    return nlohmann::json::parse(hdf5::read_text(file, "/", "training_config").value_or("{}"));
  };
  nlohmann::json json = config();
  CHECK(json["loss"]["class_name"] == "SparseCategoricalCrossentropy");
  CHECK(json["metrics"][0] == "accuracy");
  CHECK(json["metrics"][1]["class_name"] == "MeanAbsoluteError");
  CHECK(json["optimizer_config"]["class_name"] == "SGD");
  CHECK(json["optimizer_config"]["config"]["momentum"] == 0.5);
  content.one_hot_labels = {1};
  CHECK(config()["loss"]["class_name"] == "CategoricalCrossentropy");
  content.one_hot_labels = {0};
  content.label_smoothing = 0.25;
  json = config();
  CHECK(json["loss"]["class_name"] == "CategoricalCrossentropy");
  CHECK(json["loss"]["config"]["label_smoothing"] == 0.25);
  // What Keras has no words for stands in the group 'tusk' alone.
  content.optimizer->schedule = ScheduleOptions{.kind = ConstantSchedule{}, .warmup_steps = 3};
  const std::vector<std::string> notes = save_model(path, content);
  REQUIRE(notes.size() == 1);
  CHECK(notes.front() ==
        "for Keras the file says no loss and optimizer, as its learning rate follows a schedule "
        "with a warm-up; compile the model there");
  CHECK(load_model(path, {}).optimizer == content.optimizer);
}

}  // namespace tusk::formats
