// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>

#include "experiment/example.hpp"

using namespace tusk;

namespace {

const DenseOptions& dense(const Experiment& e, std::size_t layer) {
  return std::get<DenseOptions>(e.model.layers.at(layer));
}

}  // namespace

TEST_CASE("an override replaces what the file says, and the last one wins") {
  const Experiment e = read(example, {"trainer.epochs=3", "seed = 9", "trainer.epochs=4"});
  CHECK(e.trainer.epochs == 4);
  CHECK(e.seed == 9);
  CHECK(e.trainer.batch_size == 64);
}

TEST_CASE("a value is read as TOML, else as a string") {
  CHECK(read(example, {"name=plain"}).name == "plain");
  CHECK(read(example, {"name=\"quoted # text\""}).name == "quoted # text");
  CHECK(read(example, {"name=a = b"}).name == "a = b");
  CHECK(read(example, {"data.train=/tmp/with space.h5"}).data.train == "/tmp/with space.h5");
  CHECK(read(example, {"data.shuffle=false"}).data.shuffle == false);
  CHECK(read(example, {"optimizer.learning_rate=1e-3"}).optimizer.learning_rate == 1e-3);
  CHECK(read(example, {"model.metrics=[]"}).model.metrics.empty());
  CHECK(read(example, {"name=a\"b"}).name == "a\"b");
  CHECK(complaint(example, {"name=3"}) ==
        "--set name=3: key 'name': expected a name for the run's directory, a string without '/', "
        "got 3");
}

TEST_CASE("a run's name is that of a folder, and leads to no other place") {
  for (const char* name : {"../elsewhere", "..", ".", "/tmp/x", "a/../b", "a/b", "a/", ""}) {
    CAPTURE(name);
    const std::string toml = std::string("name=\"") + name + "\"";
    CHECK(complaint(example, {toml}).find("expected a name for the run's directory") !=
          std::string::npos);
  }
  CHECK(complaint(example, {"name=\"" + std::string(256, 'a') + "\""}).find("without '/'") !=
        std::string::npos);
  CHECK(complaint(example, {"name=\"a\\nb\""}).find("without '/'") != std::string::npos);
  CHECK(read(example, {"name=..a b"}).name == "..a b");
}

TEST_CASE("an override reaches into arrays and tables, and makes tables") {
  const Experiment e =
      read(example, {"model.layers.0.units=7", "model.layers.2.kernel_initializer.type=he_normal",
                     "data.transforms.0.offset=-1", "server.transport=message"});
  CHECK(dense(e, 0).units == 7);
  CHECK(dense(e, 2).units == 2);
  CHECK(dense(e, 2).kernel_initializer.kind == InitializerKind::he_normal);
  CHECK(std::get<ScaleTransform>(e.data.transforms.at(0)).offset == -1.0);
  CHECK(std::get<ScaleTransform>(e.data.transforms.at(0)).factor == 0.5);
  CHECK(e.server.transport == Transport::message);

  const Experiment replaced = read(example, {"model.layers.1={type = \"flatten\"}"});
  CHECK(std::holds_alternative<FlattenOptions>(replaced.model.layers.at(1)));
}

TEST_CASE("a whole table can be replaced, with the options of another kind") {
  const Experiment e = read(example, {"trainer={name = \"single\", epochs = 2}"});
  CHECK(std::holds_alternative<SingleOptions>(e.trainer.strategy));
  CHECK(e.trainer.epochs == 2);
  CHECK(e.trainer.batch_size == 32);
}

TEST_CASE("an error in an override names it, without line and column") {
  CHECK(complaint(example, {"trainer.epochs=x"}) ==
        "--set trainer.epochs=x: key 'trainer.epochs': expected an integer in [1, 2147483647], got "
        "\"x\"");
  CHECK(complaint(example, {"trainer.epoch=3"}) ==
        "--set trainer.epoch=3: unknown key 'trainer.epoch'; did you mean 'epochs'?");
  CHECK(complaint(example, {"trianer.epochs=3"}) ==
        "--set trianer.epochs=3: unknown key 'trianer'; did you mean 'trainer'?");
  CHECK(complaint(example, {"model.layers.3.units=3"}) ==
        "--set model.layers.3.units=3: 'model.layers' has 3 elements, counted from 0, and no '3'");
  CHECK(complaint(example, {"model.layers.first=3"}) ==
        "--set model.layers.first=3: 'model.layers' has 3 elements, counted from 0, and no "
        "'first'");
  CHECK(complaint(example, {"trainer.epochs.x=3"}) ==
        "--set trainer.epochs.x=3: 'trainer.epochs' is neither a table nor an array");
  CHECK(complaint(example, {"model.layers.0.units.x=3"}) ==
        "--set model.layers.0.units.x=3: 'model.layers.0.units' is neither a table nor an array");
  CHECK(complaint(example, {"model.layers={type = \"flatten\"}"}) ==
        "--set model.layers={type = \"flatten\"}: key 'model.layers': expected an array, got a "
        "table");
  CHECK(complaint(example, {"name=\xff"}) == "--set name=\xff: the value is not UTF-8");
}

TEST_CASE("an override that makes another key meaningless is an error that names that key") {
  CHECK(complaint(example, {"trainer.name=single"}) ==
        "e.toml:27:1: key 'trainer.communication_window' does not belong to name = \"single\", but "
        "to \"downpour\", \"adag\", \"experimental\", \"dynsgd\", \"hogwild\", "
        "\"async_local_sgd\", \"delayed_nesterov\", \"aeasgd\", \"eamsgd\", \"easgd\", "
        "\"averaging\", \"diloco\", \"gem\"");
  CHECK(complaint(example, {"data.validation=v.h5"}) ==
        "--set data.validation=v.h5: key 'data.validation' cannot be given together with "
        "'data.validation_split'");
  CHECK(*read(example, {"data.validation_split=0", "data.validation=v.h5"}).data.validation ==
        "v.h5");
}

TEST_CASE("an override without a key and a value is a usage error") {
  for (const char* override : {"", "=", "=3", "trainer.epochs", " = 3"}) {
    CAPTURE(override);
    CHECK(complaint(example, {override}, ExitCode::usage) ==
          "--set " + std::string(override) +
              ": expected a key and a value, as in --set trainer.epochs=3");
  }
}
