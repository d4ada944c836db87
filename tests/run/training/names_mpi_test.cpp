// SPDX-License-Identifier: Apache-2.0
// Files whose numbers stand for something else than those of the training file are refused.
#include <doctest/doctest.h>

#include <string>
#include <vector>

#include "check_fails.hpp"
#include "data/hdf5/attributes.hpp"
#include "net/formats/model_file.hpp"
#include "run/training/train.hpp"
#include "synthetic.hpp"

using namespace tusk;
using Names = std::vector<std::string>;

namespace {

// What a file says of its numbers; nothing if there are no names of columns.
struct Said {
  Names columns;
  Names categories;  // of column 2
  Names classes;
};

// Collective.
void write_named(const mpi::Communicator& world, const std::string& path, const Said& said) {
  world.barrier();
  if (world.rank() == 0) {
    test::write_data(path);
    hdf5::File file = hdf5::File::update(path);
    if (!said.columns.empty()) {
      datasets::write_column_names(file, "features", {said.columns, {{2, said.categories}}});
      hdf5::write_attribute(file, "label", "class_names", said.classes);
    }
  }
  world.barrier();
}

const Names columns{"a", "b", "c", "d", "e", "f"};
const Names swapped{"b", "a", "c", "d", "e", "f"};
const Said first{columns, {"blue", "red"}, {"no", "yes"}};

}  // namespace

TEST_CASE("the model keeps the names of the training file's columns") {
  const auto world = mpi::Communicator::world();
  const test::DataFolder folder(world);
  const std::string other = folder.file("other.h5");
  Experiment experiment = test::experiment(folder, SingleOptions{});
  write_named(world, folder.file("data.h5"), first);
  experiment.data.test = other;
  experiment.trainer.epochs = 1;
  for (const Said& said : {Said{columns, {"blue"}, {"no"}}, Said{}}) {
    write_named(world, other, said);
    training::train(experiment, {.run_directory = folder.file("run"), .overwrite = true}, world,
                    {});
    CHECK(formats::load_model(folder.file("run/model.h5"), {}).columns ==
          datasets::ColumnNames{columns, {{2, {"blue", "red"}}}});
    world.barrier();
  }
}

TEST_CASE("test, validation and further training files must not contradict the training file") {
  const auto world = mpi::Communicator::world();
  const test::DataFolder folder(world);
  const std::string train = folder.file("data.h5");
  const std::string other = folder.file("other.h5");
  write_named(world, train, first);
  const auto check = [&](const Said& said, const std::string& message) {
    write_named(world, other, said);
    const auto fails = [&](const DataOptions& data, const std::string& text) {
      Experiment experiment = test::experiment(folder, SingleOptions{});
      experiment.data = data;
      CHECK_FAILS(
          training::train(experiment, {.run_directory = folder.file("run"), .overwrite = true},
                          world, {}),
          ExitCode::bad_data, text);
      world.barrier();
    };
    fails({.train = train, .test = other}, message);
    fails({.train = train, .validation = other}, message);
    fails({.train = std::vector<std::string>{train, other}}, "other.h5: ");
  };
  check({swapped, {"blue", "red"}, {"no", "yes"}}, "column 0 is called 'b', but 'a' in " + train);
  check({columns, {"green", "red"}, {"no", "yes"}}, "in column 2, 0 stands for 'green'");
  check({columns, {"blue", "red"}, {"maybe", "no"}}, "class 0 of 'label' is called 'maybe'");
}
