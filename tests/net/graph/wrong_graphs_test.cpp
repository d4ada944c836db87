// SPDX-License-Identifier: Apache-2.0
// Networks that cannot be, each refused in one line that names the layer.
#include <doctest/doctest.h>

#include <string>
#include <vector>

#include "check_fails.hpp"
#include "network.hpp"

using namespace tusk;

namespace {

LayerEntry named(LayerEntry entry, std::string name, std::vector<std::string> inputs = {}) {
  entry.name = std::move(name);
  entry.inputs = std::move(inputs);
  return entry;
}

LayerEntry again(std::string use, std::vector<std::string> inputs) {
  LayerEntry entry;
  entry.use = std::move(use);
  entry.inputs = std::move(inputs);
  return entry;
}

const DenseOptions three{.units = 3};

ModelOptions options_of(std::vector<LayerEntry> layers) {
  return graph::network_options(std::move(layers), LossKind::mse);
}

void build(const ModelOptions& options) { const graph::Model model(options, Shape{4}); }

void refuses(const ModelOptions& options, const std::string& message) {
  CHECK_FAILS(build(options), ExitCode::bad_experiment, message);
}

}  // namespace

TEST_CASE("a cycle, by each of its layers") {
  refuses(options_of({named(AddOptions{}, "a", {"input", "c"}), named(three, "b", {"a"}),
                      named(three, "c", {"b"})}),
          "model.layers.0 ('a'): the layers go round in a cycle: 'a' reads 'c', which reads 'b', "
          "which reads 'a'");
  refuses(options_of({named(three, "a"), named(three, "b", {"b"})}),
          "model.layers.1 ('b'): the layers go round in a cycle: 'b' reads 'b'");
}

TEST_CASE("names that nothing has, or two") {
  refuses(options_of({named(three, "first"), named(three, "out", {"firts"})}),
          "model.layers.1 ('out').inputs: no input or layer has the name 'firts'; did you mean "
          "'first'?");
  refuses(options_of({named(three, "a"), named(three, "a")}),
          "model.layers.1.name: another layer before it has the name 'a'");
  ModelOptions taken = options_of({named(three, "a")});
  taken.inputs = {{"a", {}}};
  refuses(taken, "model.layers.0 ('a'): another input or layer has the name 'a'");
  refuses(options_of({named(three, "a:1")}), "model.layers.0.name: a name must have");
  refuses(options_of({named(three, "a//b")}), "model.layers.0.name: a name must have");
  refuses(options_of({named(three, "tower"), again("towr", {"input"})}),
          "model.layers.1.use: no layer has the name 'towr'; did you mean 'tower'?");
  refuses(options_of({named(three, "a"), named(three, "b", {"a#1"})}),
          "model.layers.1 ('b'): 'a#1' does not exist, as the layer has 1 outputs");
  ModelOptions frozen = options_of({named(three, "a")});
  frozen.frozen = {"conv*"};
  refuses(frozen, "model.frozen: no layer has a name like 'conv*'; they are a");
}

TEST_CASE("shapes that do not fit, both of them") {
  const std::vector<LayerEntry> pair{named(three, "a", {"input"}),
                                     named(DenseOptions{.units = 5}, "b", {"input"})};
  const auto merged = [&](LayerEntry merge) {
    std::vector<LayerEntry> layers = pair;
    layers.push_back(named(std::move(merge), "both", {"a", "b"}));
    return options_of(layers);
  };
  refuses(merged(AddOptions{}), "model.layers.2: its inputs have shapes (3,) and (5,)");
  refuses(merged(MultiplyOptions{}), "model.layers.2: its inputs have shapes (3,) and (5,)");
  refuses(merged(ConcatenateOptions{.axis = 2}),
          "model.layers.2.axis must be an axis of the input's shape (3,)");
  refuses(options_of({named(AddOptions{}, "a")}),
          "model.layers.0: it takes at least two inputs, but has 1");
  refuses(options_of({named(three, "tower"), again("tower", {"tower"})}),
          "model.layers.1 ('tower:1'): the kernel of layer 'tower' has shape (4, 3), but for the "
          "inputs of this call it would need (3, 3)");
}

TEST_CASE("what is there for nothing") {
  refuses(options_of({named(three, "a"), named(three, "b", {"input"})}),
          "model.layers.0 ('a'): no output of the model depends on it");
  ModelOptions inputs = options_of({named(three, "a", {"left"})});
  inputs.inputs = {{"left", {4}}, {"right", {4}}};
  CHECK_FAILS(graph::Model(inputs, std::span<const Shape>()), ExitCode::bad_experiment,
              "model.inputs: no layer reads the input 'right'");
}

TEST_CASE("outputs that nothing makes") {
  ModelOptions options = options_of({named(three, "a")});
  options.outputs = {{.name = "b"}};
  refuses(options, "model.outputs: no input or layer has the name 'b'");
  options.outputs = {{.name = "input"}};
  refuses(options, "model.outputs: 'input' is an input of the model");
  options.outputs = {{.name = "a"}, {.name = "a"}};
  refuses(options, "model.outputs names 'a' twice");
}

TEST_CASE("inputs without a shape, or with another than the data's") {
  ModelOptions options = options_of({named(AddOptions{}, "sum", {"left", "right"}), three});
  options.inputs = {{"left", {4}}, {"right", {}}};
  CHECK_FAILS(graph::Model(options, std::span<const Shape>()), ExitCode::bad_experiment,
              "model.inputs: input 'right' needs a shape, as in { right = [8] }");
  refuses(options, "model.inputs: the model has 2 inputs, but the data 1");
  options = options_of({three});
  options.inputs = {{"jets", {16, 3}}};
  refuses(options, "model.inputs.jets has shape (16, 3), but the samples of the data have (4,)");
  options = options_of({named(AddOptions{}, "sum"), three});
  options.inputs = {{"left", {4}}, {"right", {4}}};
  CHECK_FAILS(graph::Model(options, std::span<const Shape>()), ExitCode::bad_experiment,
              "model.layers.0 ('sum'): the first layer must say which inputs it reads");
}

TEST_CASE("outputs and their losses") {
  ModelOptions options = options_of({named(three, "a", {"input"}), named(three, "b", {"input"})});
  options.outputs = {{.name = "a"}, {.name = "b"}};
  CHECK_NOTHROW(build(options));
  options.outputs[1].metrics = {MetricKind::mae, MetricKind::mae};
  refuses(options, "model.outputs.b.metrics names 'mae' twice");
  options.outputs[1] = {.name = "b", .loss = LossKind::huber, .huber_delta = 0.0};
  refuses(options, "model.outputs.b.huber_delta must be above 0");
  options.layers[1] = named(DenseOptions{.units = 1}, "b", {"input"});
  options.outputs[1] = {.name = "b", .loss = LossKind::categorical_crossentropy};
  refuses(options, "model.outputs.b.loss = 'categorical_crossentropy' needs an output for every");
}

TEST_CASE("several outputs whose scores would be taken for something else") {
  const auto outputs_called = [](const std::string& first, const std::string& second) {
    ModelOptions options =
        options_of({named(three, first, {"input"}), named(three, second, {"input"})});
    options.outputs = {{.name = first}, {.name = second}};
    return options;
  };
  for (const std::string name : {"val", "val_kind"}) {
    refuses(outputs_called("kind", name), "model.outputs: '" + name + "' would have a score '" +
                                              name +
                                              "_loss', but scores that begin with 'val_' are "
                                              "those of the validation data; give the layer");
  }
  for (const std::string name : {"test", "test_kind"}) {
    refuses(outputs_called(name, "kind"), "model.outputs: '" + name + "' would have a score '" +
                                              name +
                                              "_loss', but scores that begin with 'test_' are "
                                              "those of the test data; give the layer");
  }
  refuses(outputs_called("heads/kind", "energy"),
          "model.outputs: 'heads/kind' would have a score 'heads/kind_loss', but names of scores "
          "have no '/'");
  CHECK_NOTHROW(build(outputs_called("value", "tests")));
  for (const std::string name : {"val", "test_kind", "heads/kind"}) {  // one output's: "loss"
    CHECK_NOTHROW(build(options_of({named(three, name)})));
  }
}

TEST_CASE("a model of which nothing is to be trained computes, but is not trained") {
  ModelOptions options = options_of({named(three, "a")});
  options.frozen = {"*"};
  const graph::Model model(options, Shape{4});
  CHECK_NOTHROW(model.make_workspace(2, false));
  CHECK_FAILS(model.make_workspace(2, true), ExitCode::bad_experiment, "nothing to train");
}
