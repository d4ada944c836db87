// SPDX-License-Identifier: Apache-2.0
#include "net/formats/training_config.hpp"

#include <doctest/doctest.h>

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "net/formats/keras_optimizer.hpp"

namespace tusk::formats {
namespace {

ModelContent compiled(const std::string& text, const std::vector<std::string>& outputs = {}) {
  ModelContent content;
  for (const std::string& output : outputs) content.outputs.push_back({.name = output});
  read_training_config(text, content);
  return content;
}

LossOptions loss_of(const std::string& text) {
  const ModelContent content = compiled(R"({"loss":)" + text + "}");
  CHECK(content.not_compiled.empty());
  REQUIRE(content.loss.has_value());
  return *content.loss;
}

std::string refused(const std::string& text) {
  const ModelContent content = compiled(R"({"loss":)" + text + "}");
  CHECK_FALSE(content.loss.has_value());
  REQUIRE(content.not_compiled.size() == 1);
  return content.not_compiled.front();
}

}  // namespace

TEST_CASE("a compiled loss is read in every form that Keras writes") {
  for (const char* mse :
       {R"("mse")", R"("MSE")", R"("mean_squared_error")", R"("MeanSquaredError")",
        R"({"class_name":"function","config":"mse","module":"builtins"})",
        R"({"class_name":"MeanSquaredError","config":{"name":"mse","reduction":)"
        R"("sum_over_batch_size"}})",
        R"(["mse"])", R"({"out":"mse"})"}) {
    CAPTURE(mse);
    CHECK(loss_of(mse) == LossOptions(LossKind::mse));
  }
  CHECK(loss_of(R"("sparse_categorical_crossentropy")") ==
        LossOptions(LossKind::categorical_crossentropy));
  CHECK(loss_of(R"({"class_name":"BinaryCrossentropy","config":{"from_logits":false,)"
                R"("label_smoothing":0.0,"axis":-1,"reduction":"auto"}})") ==
        LossOptions(LossKind::binary_crossentropy));
  const ModelContent huber =
      compiled(R"({"loss":{"class_name":"Huber","config":{"delta":2.5}},"metrics":["mae"]})");
  CHECK(huber.loss == LossOptions(LossKind::huber));
  CHECK(huber.huber_delta == 2.5);
  CHECK(huber.metrics == std::vector{MetricKind::mae});
}

TEST_CASE("what a compiled cross-entropy has beside its name is read") {
  const ModelContent content =
      compiled(R"({"loss":{"class_name":"BinaryCrossentropy","config":{"from_logits":true,)"
               R"("label_smoothing":0.1}},"weighted_metrics":["mae"]})");
  CHECK(content.not_compiled.empty());
  CHECK(content.from_logits);
  CHECK(content.label_smoothing == 0.1);
  CHECK(content.metrics.empty());
  CHECK(content.weighted_metrics == std::vector{MetricKind::mae});
}

TEST_CASE("a compiled optimizer is read in every form that Keras writes") {
  const auto optimizer = [](const std::string& json) {
    ModelContent content;
    read_compiled_optimizer(json, content);
    CHECK(content.not_of_optimizer.empty());
    return content.optimizer;
  };
  const auto refused_optimizer = [](const std::string& json) {
    ModelContent content;
    read_compiled_optimizer(json, content);
    CHECK_FALSE(content.optimizer.has_value());
    return content.not_of_optimizer.empty() ? "" : content.not_of_optimizer.front();
  };
  OptimizerOptions adam = with_defaults(AdamOptions{.beta_1 = 0.8});
  CHECK(optimizer(R"({"optimizer_config":{"class_name":"Adam","config":{"lr":0.001,"beta_1":0.8,)"
                  R"("decay":0.0,"epsilon":null,"amsgrad":false}}})") == adam);
  CHECK(optimizer(R"({"optimizer":{"class_name":"Custom>Adam","config":{"beta_1":0.8,)"
                  R"("learning_rate":0.0010000000474974513,"use_ema":false}}})") == adam);
  adam.learning_rate = 0.5;
  adam.schedule = ScheduleOptions{
      ExponentialSchedule{.decay_steps = 100, .decay_rate = 0.5, .staircase = true}};
  CHECK(optimizer(R"({"optimizer_config":{"class_name":"Adam","config":{"beta_1":0.8,)"
                  R"("learning_rate":{"class_name":"ExponentialDecay","config":{)"
                  R"("initial_learning_rate":0.5,"decay_steps":100.0,"decay_rate":0.5,)"
                  R"("staircase":true}}}}})") == adam);
  CHECK(refused_optimizer(R"({"optimizer_config":{"class_name":"Ftrl","config":{}}})") ==
        "optimizer 'Ftrl' is none of Tusk's");
  CHECK(refused_optimizer(R"({"optimizer_config":{"class_name":"SGD","config":{"decay":0.1}}})") ==
        "optimizer 'SGD' has decay = 0.1, which Tusk does not have");
  CHECK(refused_optimizer(
            R"({"optimizer_config":{"class_name":"SGD","config":{"momentum":-1.0}}})") ==
        "its optimizer has momentum -1.0; it must be between 0 and 1");
  CHECK(refused_optimizer("[").starts_with("its training_config cannot be read"));
  CHECK(refused_optimizer("{}").empty());
  for (const OptimizerKind& kind :
       {OptimizerKind(SgdOptions{.momentum = 0.5, .nesterov = true}),
        OptimizerKind(AdagradOptions{}), OptimizerKind(RmspropOptions{.centered = true}),
        OptimizerKind(AdamwOptions{}), OptimizerKind(AdadeltaOptions{}),
        OptimizerKind(AdamaxOptions{}), OptimizerKind(NadamOptions{})}) {
    OptimizerOptions written = with_defaults(kind);
    written.global_clipnorm = 2.0;
    written.schedule = ScheduleOptions{StepSchedule{.boundaries = {3, 5}, .values = {0.1, 0.05}}};
    CHECK(optimizer(nlohmann::ordered_json{{"optimizer_config", write_keras_optimizer(written)}}
                        .dump()) == written);
  }
}

TEST_CASE("what a model was compiled with and we do not have is said") {
  CHECK(refused(R"("hinge")") == "loss 'hinge' is none of Tusk's");
  CHECK(
      refused(R"({"class_name":"CategoricalCrossentropy","config":{"label_smoothing":1.5}})") ==
      "loss 'categorical_crossentropy' has label_smoothing = 1.5; it must be at least 0 and below "
      "1");
  CHECK(refused(R"({"class_name":"SparseCategoricalCrossentropy","config":{"ignore_class":0}})") ==
        "loss 'sparse_categorical_crossentropy' has ignore_class, which Tusk does not have");
  CHECK(refused(R"({"class_name":"BinaryCrossentropy","config":{"axis":2}})") ==
        "loss 'binary_crossentropy' has axis = 2; Tusk's is the last");
  CHECK(refused(R"({"class_name":"MeanSquaredError","config":{"reduction":"sum"}})") ==
        "loss 'mean_squared_error' has reduction \"sum\"; Tusk's is the mean");
  const ModelContent content =
      compiled(R"({"loss":"mse","metrics":["accuracy","auc",{"class_name":)"
               R"("MeanMetricWrapper","config":{"name":"mae"}}]})");
  CHECK(content.metrics == std::vector{MetricKind::accuracy, MetricKind::mae});
  CHECK(content.not_compiled == std::vector<std::string>{"metric 'auc' is none of Tusk's"});
  CHECK(compiled("{}").not_compiled.empty());
  CHECK(compiled(R"({"loss":null,"metrics":null})").not_compiled.empty());
  CHECK(compiled("[1").not_compiled.size() == 1);
}

TEST_CASE("every output has the loss, weight and metrics that it was compiled with") {
  const std::vector<std::string> outputs{"kind", "tower.energy"};
  for (
      const char* json :
      {R"({"loss":["categorical_crossentropy","mse"],"loss_weights":[1.0,0.25],)"
       R"("metrics":[["accuracy"],["mae"]]})",
       R"({"loss":{"tower":"mse","kind":"categorical_crossentropy"},"loss_weights":{"tower":0.25},)"
       R"("metrics":{"kind":["acc"],"tower":"mae"}})"}) {
    CAPTURE(json);
    const ModelContent content = compiled(json, outputs);
    CHECK(content.not_compiled.empty());
    CHECK(content.outputs[0].loss == LossOptions(LossKind::categorical_crossentropy));
    CHECK(content.outputs[1].loss == LossOptions(LossKind::mse));
    CHECK(content.outputs[0].loss_weight == 1.0);
    CHECK(content.outputs[1].loss_weight == 0.25);
    CHECK(content.outputs[0].metrics == std::vector{MetricKind::accuracy});
    CHECK(content.outputs[1].metrics == std::vector{MetricKind::mae});
  }
}

}  // namespace tusk::formats
