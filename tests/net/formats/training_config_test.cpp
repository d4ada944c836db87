// SPDX-License-Identifier: Apache-2.0
#include "net/formats/training_config.hpp"

#include <doctest/doctest.h>

#include <string>
#include <vector>

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

TEST_CASE("what a model was compiled with and we do not have is said") {
  CHECK(refused(R"("hinge")") == "loss 'hinge' is none of Tusk's");
  CHECK(refused(R"({"class_name":"BinaryCrossentropy","config":{"from_logits":true}})")
            .starts_with("loss 'binary_crossentropy' has from_logits = true"));
  CHECK(refused(R"({"class_name":"CategoricalCrossentropy","config":{"label_smoothing":0.1}})") ==
        "loss 'categorical_crossentropy' has label_smoothing = 0.1, which Tusk does not have");
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
