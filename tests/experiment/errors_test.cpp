// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>
#include <fmt/format.h>

#include "experiment/example.hpp"

using namespace tusk;

namespace {

// What is said of the example after one change.
std::string said(std::string_view from, std::string_view to) {
  return complaint(with(example, from, to));
}

}  // namespace

TEST_CASE("what cannot stand in [relay] is refused with its place and the reason") {
  const auto of_relay = [](const std::string& relay) {
    return complaint(std::string(example) + "[server]\ntopology = \"tree\"\n[relay]\n" + relay +
                     "\n");
  };
  CHECK(of_relay("name = \"diloco\"\nevery = 3").empty());
  CHECK(of_relay("every = 3").find("key 'relay.name' is missing") != std::string::npos);
  CHECK(of_relay("name = \"diloco\"\ncommunication_window = 3")
            .ends_with("key 'relay.communication_window' has no meaning between relays, which "
                       "exchange every `relay.every` commits of a worker"));
  CHECK(of_relay("name = \"diloco\"\nalpha = 0.4")
            .find("key 'relay.alpha' does not belong to name = \"diloco\"") != std::string::npos);
  CHECK(of_relay("name = \"diloco\"\nevery = \"never\"").find("a time, as \"2s\"") !=
        std::string::npos);
  CHECK(of_relay("name = \"diloco\"\nevery = 0").find("above 0") != std::string::npos);
  CHECK(of_relay("name = \"diloco\"\nmerge = 0.0").find("expected a number") != std::string::npos);
  CHECK(of_relay("name = \"averaging\"\nmerge = 0.5")
            .find("key 'relay.merge' needs a rule that adds") != std::string::npos);
  CHECK(complaint(std::string(example) + "[server]\nranks_per_node = 4\n")
            .ends_with("key 'server.ranks_per_node' needs topology = \"tree\""));
  CHECK(complaint(std::string(example) + "[server]\ntopology = \"tree\"\nranks_per_node = 1\n")
            .find("server.ranks_per_node") != std::string::npos);
}

TEST_CASE("an unknown key is an error, with the key that was probably meant") {
  CHECK(said("epochs = 5", "epoch = 5") ==
        "e.toml:25:1: unknown key 'trainer.epoch'; did you mean 'epochs'?");
  CHECK(said("units = 500", "unit = 500") ==
        "e.toml:11:21: unknown key 'model.layers.0.unit'; did you mean 'units'?");
  CHECK(said("[trainer]", "[trianer]") ==
        "e.toml:23:2: unknown key 'trianer'; did you mean 'trainer'?");
  CHECK(said("seed = 7", "colour = 7") ==
        "e.toml:2:1: unknown key 'colour'; the keys here are name, seed, data, model, optimizer, "
        "trainer, server, relay, simulate, callbacks, checkpoint, history, output, debug");
  CHECK(said("seed = 7", "\"a\\nb\" = 7").starts_with("e.toml:2:1: unknown key 'a\\x0ab'; "));
}

TEST_CASE("a key of another kind is an error that says whose it is") {
  CHECK(said("name = \"adag\"", "name = \"single\"") ==
        "e.toml:27:1: key 'trainer.communication_window' does not belong to name = \"single\", but "
        "to \"downpour\", \"adag\", \"experimental\", \"dynsgd\", \"hogwild\", "
        "\"async_local_sgd\", \"delayed_nesterov\", \"aeasgd\", \"eamsgd\", \"easgd\", "
        "\"averaging\", \"diloco\", \"gem\"");
  CHECK(said("name = \"sgd\"", "name = \"adam\"") ==
        "e.toml:21:1: key 'optimizer.momentum' does not belong to name = \"adam\", but to \"sgd\", "
        "\"rmsprop\"");
  CHECK(said("rate = 0.4", "rate = 0.4, units = 2") ==
        "e.toml:12:35: key 'model.layers.1.units' does not belong to type = \"dropout\", but to "
        "\"dense\", \"gru\", \"lstm\"");
}

TEST_CASE("nothing that is counted is negative, in an array neither") {
  const auto schedule = [](const char* boundaries, const char* values) {
    return said("momentum = 0.9", fmt::format("schedule = {{ type = \"step\", boundaries = [{}], "
                                              "values = [{}] }}",
                                              boundaries, values));
  };
  CHECK(
      schedule("-5", "0.1")
          .ends_with(
              "key 'optimizer.schedule.boundaries.0': expected an integer of at least 0, got -5"));
  CHECK(schedule("5", "-0.1")
            .ends_with(
                "key 'optimizer.schedule.values.0': expected a number of at least 0, got -0.1"));
  CHECK(said("momentum = 0.9", "schedule = { type = \"step\", boundaries = [], values = [] }") !=
        "");
  for (const char* name : {"rmsprop", "adadelta"}) {
    CHECK(said("name = \"sgd\"\nlearning_rate = 0.1\nmomentum = 0.9",
               fmt::format("name = \"{}\"\nrho = 1.0", name))
              .ends_with("key 'optimizer.rho': expected a number in [0, 1), got 1.0"));
  }
}

TEST_CASE("a wrong type is an error that says which is right") {
  CHECK(said("epochs = 5", "epochs = \"five\"") ==
        "e.toml:25:10: key 'trainer.epochs': expected an integer in [1, 2147483647], got \"five\"");
  CHECK(said("epochs = 5", "threads = 0") ==
        "e.toml:25:11: key 'trainer.threads': expected an integer in [1, 1024], got 0");
  CHECK(said("epochs = 5", "threads = 1025") ==
        "e.toml:25:11: key 'trainer.threads': expected an integer in [1, 1024], got 1025");
  CHECK(said("epochs = 5", "epochs = 5.0") ==
        "e.toml:25:10: key 'trainer.epochs': expected an integer in [1, 2147483647], got 5.0");
  CHECK(said("momentum = 0.9", "momentum = true") ==
        "e.toml:21:12: key 'optimizer.momentum': expected a number in [0, 1], got true");
  CHECK(said("momentum = 0.9", "nesterov = 1") ==
        "e.toml:21:12: key 'optimizer.nesterov': expected true or false, got 1");
  CHECK(said("\"/data/train.h5\"", "2024-01-01") ==
        "e.toml:5:9: key 'data.train': expected the path of a file, a string, or an array of them, "
        "got a date or time");
  CHECK(said("metrics = [\"accuracy\"]", "metrics = \"accuracy\"") ==
        "e.toml:16:11: key 'model.metrics': expected an array, got \"accuracy\"");
  CHECK(said("{ type = \"dropout\", rate = 0.4 }", "\"dropout\"") ==
        "e.toml:12:3: key 'model.layers.1': expected a table, got \"dropout\"");
  CHECK(said("[optimizer]", "[[optimizer]]") ==
        "e.toml:18:1: key 'optimizer': expected a table, got an array");
  CHECK(said("activation = \"relu\"", "kernel_initializer = 3") ==
        "e.toml:11:55: key 'model.layers.0.kernel_initializer': expected a name or a table, got 3");
}

TEST_CASE("weights of classes are a table of numbers from 0, or \"balanced\"") {
  const auto weights = [](const std::string& value) {
    return said("metrics = [\"accuracy\"]", "class_weight = " + value);
  };
  CHECK(weights("\"balance\"") ==
        "e.toml:16:16: key 'model.class_weight': expected a table of weights by class or "
        "\"balanced\", got \"balance\"");
  CHECK(weights("{ signal = -1 }") ==
        "e.toml:16:27: key 'model.class_weight.signal': expected a number of at least 0, got -1");
  CHECK(weights("{ signal = \"x\" }").ends_with("expected a number of at least 0, got \"x\""));
  CHECK(said("metrics", "weighted_metrics").empty());
}

TEST_CASE("an augmentation's mistakes are named with its index and key") {
  const auto augment = [](const std::string& table) {
    return said("[model]", "augment = [" + table + "]\n[model]");
  };
  CHECK(augment("{ type = \"random_flipp\" }").ends_with("did you mean 'random_flip'?"));
  CHECK(augment("{ type = \"random_flip\", mode = \"left\" }")
            .ends_with("key 'data.augment.0.mode': expected one of \"horizontal_and_vertical\", "
                       "\"horizontal\", \"vertical\", got \"left\""));
  CHECK(augment("{ type = \"random_crop\" }").ends_with("'data.augment.0.padding' is missing"));
  CHECK(augment("{ type = \"random_translation\", height_factor = 0.1 }")
            .ends_with("'data.augment.0.width_factor' is missing"));
  CHECK(augment("{ type = \"random_translation\", height_factor = 2, width_factor = 0 }")
            .ends_with("expected a number in [0, 1], got 2"));
  CHECK(augment("{ type = \"mixup\", alpha = 0 }").ends_with("expected a number above 0, got 0"));
  CHECK(augment("{ type = \"gaussian_noise\", padding = 2 }")
            .ends_with("does not belong to type = \"gaussian_noise\", but to \"random_crop\""));
}

TEST_CASE("a transform's mistakes are named with its index and key") {
  const auto transform = [](const std::string& table) {
    return said("{ type = \"scale\", factor = 0.5 }", table);
  };
  CHECK(transform("{ type = \"standart\" }").ends_with("did you mean 'standard'?"));
  CHECK(
      transform("{ type = \"standard\", column = 1 }") ==
      "e.toml:7:36: key 'data.transforms.0.column' does not belong to type = \"standard\", but to "
      "\"one_hot\"");
  CHECK(transform("{ type = \"missing\", valve = 1, fill = 1 }") ==
        "e.toml:7:35: unknown key 'data.transforms.0.valve'; did you mean 'value'?");
  CHECK(transform("{ type = \"missing\", fill = 1 }") ==
        "e.toml:7:15: key 'data.transforms.0.value' is missing");
  CHECK(transform("{ type = \"missing\", value = \"NA\", fill = 1 }") ==
        "e.toml:7:43: key 'data.transforms.0.value': expected a number or \"nan\", got \"NA\"");
  CHECK(transform("{ type = \"missing\", value = inf, fill = 1 }")
            .ends_with("expected a number, got inf"));
  CHECK(transform("{ type = \"missing\", value = 0, fill = \"mode\" }")
            .ends_with("expected a number or \"mean\" or \"median\", got \"mode\""));
  CHECK(transform("{ type = \"minmax\", low = 1 }") ==  // not below the default of high
        "e.toml:7:15: key 'data.transforms.0.high' is missing");
  CHECK(transform("{ type = \"minmax\", low = 1, high = 1 }")
            .ends_with("expected a number above 1, got 1"));
  CHECK(transform("{ type = \"normalize\", p = 0.5 }")
            .ends_with("expected a number of at least 1, got 0.5"));
  CHECK(transform("{ type = \"clip\" }") == "e.toml:7:15: key 'data.transforms.0.high' is missing");
  CHECK(transform("{ type = \"reshape\", shape = [] }").ends_with("got an empty array"));
  CHECK(transform("{ type = \"reshape\", shape = [2, 0] }")
            .starts_with("e.toml:7:47: key 'data.transforms.0.shape.1': expected an integer in"));
  CHECK(transform("{ type = \"standard\", columns = [-1] }")
            .ends_with("expected an integer of at least 0, got -1"));
  CHECK(transform("{ type = \"one_hot\", column = 1.5 }")
            .ends_with("expected a number, from 0, or a name, got 1.5"));
}

TEST_CASE("the mistakes in a layer within a layer are named with both") {
  const auto layer = [](const std::string& table) {
    return said("{ type = \"dropout\", rate = 0.4 }", table);
  };
  CHECK(layer("{ type = \"bidirectional\" }") ==
        "e.toml:12:3: key 'model.layers.1.layer' is missing");
  CHECK(layer("{ type = \"bidirectional\", layer = { type = \"gru\", unit = 3 } }")
            .ends_with("unknown key 'model.layers.1.layer.unit'; did you mean 'units'?"));
  CHECK(layer("{ type = \"time_distributed\", layer = { type = \"dens\" } }")
            .ends_with("did you mean 'dense'?"));
  CHECK(layer("{ type = \"time_distributed\", layer = { type = \"dense\", units = 0 } }")
            .ends_with("key 'model.layers.1.layer.units': expected an integer in [1, 2147483647], "
                       "got 0"));
  CHECK(layer("{ type = \"bidirectional\", layer = \"gru\" }")
            .ends_with("key 'model.layers.1.layer': expected a table, got \"gru\""));
}

TEST_CASE("a value out of range is an error that says the range") {
  CHECK(said("epochs = 5", "epochs = 0") ==
        "e.toml:25:10: key 'trainer.epochs': expected an integer in [1, 2147483647], got 0");
  CHECK(said("batch_size = 64", "batch_size = -1").ends_with("got -1"));
  CHECK(said("communication_window = 12", "communication_window = 0").ends_with("got 0"));
  CHECK(said("units = 500", "units = 9000000000").ends_with("got 9000000000"));
  CHECK(said("seed = 7", "seed = -7") ==
        "e.toml:2:8: key 'seed': expected an integer of at least 0, got -7");
  CHECK(said("rate = 0.4", "rate = 1") ==
        "e.toml:12:30: key 'model.layers.1.rate': expected a number in [0, 1), got 1");
  CHECK(said("learning_rate = 0.1", "learning_rate = -0.1") ==
        "e.toml:20:17: key 'optimizer.learning_rate': expected a number of at least 0, got -0.1");
  CHECK(said("learning_rate = 0.1", "learning_rate = nan").ends_with("got nan"));
  CHECK(said("learning_rate = 0.1", "learning_rate = inf").ends_with("got inf"));
  CHECK(said("momentum = 0.9", "clipnorm = 0") ==
        "e.toml:21:12: key 'optimizer.clipnorm': expected a number above 0, got 0");
  CHECK(said("validation_split = 0.1", "validation_split = 1.0").ends_with("in [0, 1), got 1.0"));
  CHECK(said("activation = \"relu\"",
             "kernel_initializer = { type = \"random_uniform\", minval = 1 , maxval = 0 }")
            .ends_with("expected a number of at least 1, got 0"));
  CHECK(said("[\n  { type = \"dense\", units = 500, activation = \"relu\" },", "[]\nx = [") ==
        "e.toml:10:10: key 'model.layers': expected at least one element, got "
        "an empty array");
}

TEST_CASE("a misspelt value is an error with the values that there are") {
  CHECK(said("\"relu\"", "\"rulu\"") ==
        "e.toml:11:47: key 'model.layers.0.activation': expected one of \"linear\", \"relu\", "
        "\"sigmoid\", \"tanh\", \"softmax\", \"elu\", \"selu\", \"softplus\", \"leaky_relu\", "
        "\"silu\", \"swish\", \"gelu\", \"hard_sigmoid\", \"hard_sigmoid_keras2\", got "
        "\"rulu\"; did you mean 'relu'?");
  CHECK(said("\"sgd\"", "\"sdg\"").ends_with("got \"sdg\"; did you mean 'sgd'?"));
  CHECK(said("\"adag\"", "\"adga\"") ==
        "e.toml:24:8: key 'trainer.name': expected one of \"single\", \"downpour\", \"adag\", "
        "\"agn\", \"experimental\", \"dynsgd\", \"hogwild\", \"async_local_sgd\", "
        "\"delayed_nesterov\", \"aeasgd\", \"eamsgd\", \"easgd\", \"averaging\", \"diloco\", "
        "\"sync_sgd\", \"gem\", \"ensemble\", got \"adga\"; did you mean 'adag'?");
  CHECK(said("type = \"dropout\"", "type = \"drop out\"").ends_with("did you mean 'dropout'?"));
  CHECK(said("[\"accuracy\"]", "[\"accuracy\", \"acc\"]") ==
        "e.toml:16:24: key 'model.metrics.1': expected each name once, got \"acc\"");
}

TEST_CASE("a missing key is named, with the place of its table") {
  CHECK(said("name = \"example\"\n", "") == "e.toml: key 'name' is missing");
  CHECK(said("train = \"/data/train.h5\"\n", "") == "e.toml:4:1: key 'data.train' is missing");
  CHECK(said("units = 500, ", "") == "e.toml:11:3: key 'model.layers.0.units' is missing");
  CHECK(said("loss = \"categorical_crossentropy\"\n", "") ==
        "e.toml:9:1: key 'model.loss' is missing");
  CHECK(said(", rate = 0.4", "") == "e.toml:12:3: key 'model.layers.1.rate' is missing");
  CHECK(said("name = \"sgd\"\n", "") ==
        "e.toml:18:1: key 'optimizer.name' is missing: expected one of \"sgd\", \"adagrad\", "
        "\"rmsprop\", \"adam\", \"adamw\", \"adadelta\", \"adamax\", \"nadam\"");
  CHECK(complaint("name = \"x\"") == "e.toml: key 'data.train' is missing");
  CHECK(complaint("") == "e.toml: key 'name' is missing");
}

TEST_CASE("arrays are named by text, in a list or in a table") {
  CHECK(said("validation_split = 0.1", "features = []") ==
        "e.toml:6:12: key 'data.features': expected at least one element, got an empty array");
  CHECK(
      said("validation_split = 0.1", "label = 3") ==
      "e.toml:6:9: key 'data.label': expected the name of a data set, a list of names, or a table "
      "of names, got 3");
}

TEST_CASE("keys that exclude each other are an error") {
  CHECK(said("validation_split = 0.1", "validation_split = 0.1\nvalidation = \"v.h5\"") ==
        "e.toml:7:1: key 'data.validation' cannot be given together with 'data.validation_split'");
  CHECK(said("validation_split = 0.1", "validation_split = 0.1\nfold = \"1/5\"") ==
        "e.toml:7:1: key 'data.fold' cannot be given together with 'data.validation_split'");
  CHECK(said("validation_split = 0.1", "stratify = true") ==
        "e.toml:6:1: key 'data.stratify' needs 'data.validation_split' or 'data.fold'");
  CHECK(said("validation_split = 0.1",
             "fold = \"1/5\"\nvalidation_group = \"id\"\nstratify = true") ==
        "e.toml:8:1: key 'data.stratify' cannot be given together with 'data.validation_group'");
  CHECK(said("[model]", "[model]\nfile = \"m.h5\"\ninputs = { a = [2] }") ==
        "e.toml:11:1: key 'model.inputs' cannot be given together with 'model.file'");
  CHECK(said("momentum = 0.9", "clipnorm = 1.0\nclipvalue = 0.5") ==
        "e.toml:22:1: key 'optimizer.clipvalue' cannot be given together with another clip option");
  CHECK(said("metrics", "huber_delta = 2.0\nmetrics") ==
        "e.toml:16:1: key 'model.huber_delta' needs loss = \"huber\"");
  CHECK(said("metrics", "replace = { dense = { type = \"flatten\" } }\nmetrics") ==
        "e.toml:16:1: key 'model.replace' needs 'model.file'");
  CHECK(complaint(smallest, {"model.loss=mse", "model.label_smoothing=0.1"}) ==
        "--set model.label_smoothing=0.1: key 'model.label_smoothing' needs a loss that is a "
        "cross-entropy");
  CHECK(complaint(smallest, {"model.loss=mse", "model.from_logits=true"}) ==
        "--set model.from_logits=true: key 'model.from_logits' needs a loss that is a "
        "cross-entropy");
  CHECK(said("activation = \"relu\"", "use_bias = false, bias_initializer = \"ones\"") ==
        "e.toml:11:52: key 'model.layers.0.bias_initializer' needs use_bias = true");
  CHECK(said("activation = \"relu\"", "bias_initializer = { type = \"zeros\", value = 1.0 }") ==
        "e.toml:11:71: key 'model.layers.0.bias_initializer.value' needs type = \"constant\"");
  CHECK(complaint(smallest, {"trainer.consistency=none"}) ==
        "--set trainer.consistency=none: key 'trainer.consistency' needs a trainer with a "
        "parameter server");
}

TEST_CASE("the moving rate of elastic rules is said once, and lies between 0 and 1") {
  const auto said_of = [](const std::string& keys) {
    return complaint(smallest, {"trainer={name = \"aeasgd\", " + keys + "}"});
  };
  CHECK(said_of("alpha = 0.5") == "");
  CHECK(said_of("rho = 5").empty());
  CHECK(said_of("alpha = 1.0").ends_with("expected a number in (0, 1), got 1.0"));
  CHECK(said_of("alpha = 0").ends_with("expected a number in (0, 1), got 0"));
  CHECK(said_of("beta = 0").ends_with("expected a number above 0, got 0"));
  constexpr const char* clash = "cannot be given together with another of alpha, rho and beta";
  CHECK(said_of("alpha = 0.5, rho = 5").ends_with(clash));
  CHECK(said_of("rho = 5, beta = 0.9").ends_with(clash));
  CHECK(complaint(smallest, {"trainer={name = \"hogwild\", consistency = \"none\"}"})
            .ends_with("is always \"none\" with name = \"hogwild\""));
}

TEST_CASE("what an outer optimizer is given is checked, and belongs to the rules that have one") {
  const auto said_of = [](const std::string& name, const std::string& keys) {
    return complaint(smallest, {"trainer={name = \"" + name + "\", " + keys + "}"});
  };
  for (const char* name : {"diloco", "async_local_sgd", "delayed_nesterov"}) {
    CHECK(said_of(name, "outer_learning_rate = 1.5").empty());
    CHECK(said_of(name, "outer_learning_rate = 0")
              .ends_with("'trainer.outer_learning_rate': expected a number above 0, got 0"));
  }
  for (const char* name : {"diloco", "delayed_nesterov"}) {
    CHECK(said_of(name, "outer_momentum = 0").empty());
    CHECK(said_of(name, "outer_momentum = 1.0")
              .ends_with("'trainer.outer_momentum': expected a number in [0, 1), got 1.0"));
  }
  CHECK(said_of("async_local_sgd", "outer_momentum = 0.5")
            .ends_with("key 'trainer.outer_momentum' does not belong to name = "
                       "\"async_local_sgd\", but to \"delayed_nesterov\", \"diloco\""));
  CHECK(said_of("diloco", "delay = 3").ends_with("but to \"delayed_nesterov\""));
  CHECK(said_of("delayed_nesterov", "delay = 0").find("'trainer.delay': expected an integer") !=
        std::string::npos);
  CHECK(said_of("delayed_nesterov", "nesterov = false").ends_with("but to \"diloco\""));
  for (const char* consistency : {"none", "element"}) {
    CHECK(said_of("delayed_nesterov", "consistency = \"" + std::string(consistency) + "\"")
              .ends_with("is always \"snapshot\" with name = \"delayed_nesterov\""));
  }
  CHECK(said_of("diloco", "consistency = \"snapshot\"")
            .ends_with("needs a trainer with a parameter server"));
}

TEST_CASE("exchanges run beside the steps where a rule has one a window, and nobody waits") {
  const auto said_of = [](const std::string& keys) {
    return complaint(smallest, {"trainer={" + keys + ", overlap = true}"});
  };
  for (const char* name :
       {"downpour", "adag", "agn", "dynsgd", "async_local_sgd", "aeasgd", "eamsgd"}) {
    CHECK(said_of("name = \"" + std::string(name) + "\"").empty());
  }
  for (const char* name : {"single", "experimental", "hogwild", "delayed_nesterov", "gem", "easgd",
                           "diloco", "sync_sgd"}) {
    CHECK(said_of("name = \"" + std::string(name) + "\"")
              .ends_with("key 'trainer.overlap' needs a trainer with one exchange a window: "
                         "downpour, adag, dynsgd, async_local_sgd, aeasgd or eamsgd"));
  }
  CHECK(said_of("name = \"adag\", max_staleness = 2")
            .ends_with("cannot be given together with max_staleness, whose pull follows the wait"));
}

TEST_CASE("an optimizer that would begin anew at every step is refused") {
  CHECK(complaint(smallest, {"trainer={name = \"sync_sgd\", keep_optimizer_state = false}"})
            .find("key 'trainer.keep_optimizer_state' is always true with name = \"sync_sgd\"") !=
        std::string::npos);
  CHECK(complaint(smallest, {"trainer={name = \"easgd\", keep_optimizer_state = false}"}).empty());
}

TEST_CASE("a syntax error has its place") {
  CHECK(said("seed = 7", "seed = ") ==
        "e.toml:2:8: syntax error: key-value pair: expected value, saw '\\n'");
  CHECK(said("[model]", "[model").starts_with("e.toml:9:7: syntax error: "));
  CHECK(said("seed = 7", "name = \"again\"").find("cannot redefine existing string 'name'") !=
        std::string::npos);
  CHECK(said("[model]", "[data]").starts_with("e.toml:9:1: syntax error: "));
  CHECK(said("seed = 7", "seed = \"\xff\"").starts_with("e.toml:2:"));
}

TEST_CASE("the name can only be one directory") {
  for (const char* name : {"", ".", "..", "a/b", "/", "a\\u0000b", "a\\nb"}) {
    CAPTURE(name);
    CHECK(said("\"example\"", "\"" + std::string(name) + "\"")
              .find("expected a name for the run's directory") != std::string::npos);
  }
  CHECK(said("\"example\"", "\"" + std::string(256, 'x') + "\"") != "");
  CHECK(read(with(example, "\"example\"", "\"Größe 3.1\"")).name == "Größe 3.1");
}

TEST_CASE("a signal ends the run or asks for a checkpoint alone, not both") {
  const auto with_signals = [&](const std::string& lines) {
    return with(example, "[trainer]", "[checkpoint]\n" + lines + "\n[trainer]");
  };
  const Experiment other = read(with_signals("stop_on = [\"SIGUSR2\"]"));
  CHECK(other.checkpoint.stop_on == std::vector{SignalKind::user2});
  CHECK(said("[trainer]",
             "[checkpoint]\nstop_on = [\"SIGUSR2\"]\nwrite_on = [\"SIGUSR2\"]\n[trainer]")
            .find("key 'checkpoint.write_on' has a signal of stop_on") != std::string::npos);
  CHECK(said("[trainer]", "[checkpoint]\nstop_on = [\"SIGKILL\"]\n[trainer]").find("SIGHUP") !=
        std::string::npos);
}

TEST_CASE("how often a checkpoint is taken is a time, a number of steps or epochs, or never") {
  const auto with_every = [](const std::string& every) {
    return said("[trainer]", "[checkpoint]\nevery = \"" + every + "\"\n[trainer]");
  };
  for (const char* every :
       {"", "15", "m", "0s", "-5m", "soon", "500", "2 eons", "1e999 s", "0 steps"}) {
    CAPTURE(every);
    CHECK(with_every(every).find("key 'checkpoint.every': expected \"15m\"") != std::string::npos);
  }
  CHECK(read(with(example, "[trainer]", "[checkpoint]\nevery = \"500 steps\"\n[trainer]"))
            .checkpoint.every == "500 steps");
}

TEST_CASE("a virtual step's time is a positive number, a list of them or a distribution") {
  const auto said_of = [](const std::string& step_time) {
    return complaint(std::string(example) + "[simulate]\nstep_time = " + step_time + "\n");
  };
  CHECK(said_of("0.0") ==
        "e.toml:29:13: key 'simulate.step_time': expected a number above 0, got 0.0");
  CHECK(said_of("[0.5, -1]") ==
        "e.toml:29:19: key 'simulate.step_time.1': expected a number above 0, got -1");
  CHECK(said_of("\"fast\"") ==
        "e.toml:29:13: key 'simulate.step_time': expected a number, an array of numbers or a "
        "table, got \"fast\"");
  CHECK(said_of("{ type = \"gamma\" }").find("\"lognormal\"") != std::string::npos);
}
