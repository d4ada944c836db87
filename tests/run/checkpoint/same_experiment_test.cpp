// SPDX-License-Identifier: Apache-2.0
#include "run/checkpoint/same_experiment.hpp"

#include <doctest/doctest.h>

#include <string>

#include "check_fails.hpp"
#include "experiment/read_experiment.hpp"
#include "run/checkpoint/facts.hpp"

using namespace tusk;

namespace {

constexpr std::string_view network = R"(name = "network"
seed = 7
[data]
train = "/train.h5"
transforms = [{ type = "scale", factor = 0.5 }, { type = "clip", low = 0.0, high = 1.0 }]
[model]
layers = [
  { type = "dense", units = 50, activation = "relu" },
  { type = "dropout", rate = 0.4 },
  { type = "dense", units = 2, activation = "softmax" },
]
loss = "categorical_crossentropy"
metrics = ["accuracy"]
[optimizer]
name = "sgd"
[trainer]
name = "adag"
epochs = 5
)";

Experiment read(const std::vector<std::string>& overrides) {
  return experiment::read_experiment(network, "network.toml", overrides, {});
}

// What is said when a run of the network goes on with something changed.
std::string said(const std::vector<std::string>& overrides) {
  try {
    checkpoint::check_same_experiment(read({}), read(overrides), {}, "step-1");
  } catch (const Error& error) {
    CHECK(error.code() == ExitCode::bad_experiment);
    return error.what();
  }
  return "";
}

std::string changed(const std::string& what) {
  return "step-1 is of another experiment: " + what + "; --run-dir begins a run of its own";
}

}  // namespace

TEST_CASE("every option that has changed is named, in whatever list it stands") {
  CHECK(said({}).empty());
  CHECK(said({"seed=8"}) == changed("seed was 7, is 8"));
  CHECK(said({"model.layers.0.activation=tanh"}) ==
        changed(R"(model.layers.0.activation was "relu", is "tanh")"));
  CHECK(said({"model.layers.1.rate=0.25"}) == changed("model.layers.1.rate was 0.4, is 0.25"));
  CHECK(said({"model.layers.2.units=3"}) == changed("model.layers.2.units was 2, is 3"));
  CHECK(said({"data.transforms.0.factor=2.0"}) ==
        changed("data.transforms.0.factor was 0.5, is 2.0"));
  CHECK(said({"data.transforms.1.high=2.0"}) == changed("data.transforms.1.high was 1.0, is 2.0"));
  CHECK(said({"model.metrics=[]"}) == changed(R"(model.metrics was ["accuracy"], is [])"));
  CHECK(said({"data.transforms=[]"}).find("data.transforms.0.factor was 0.5, is not given") !=
        std::string::npos);
}

TEST_CASE("what may change may change") {
  CHECK(said({"trainer.epochs=6", "trainer.threads=2", "checkpoint.every=1s", "data.train=/b.h5",
              "callbacks.target_loss=0.1", "server.stall_abort=1h", "debug.slow={factor=2.0}"})
            .empty());
  CHECK(said({"trainer.epochs=4"}).find("trainer.epochs may grow") != std::string::npos);
}
