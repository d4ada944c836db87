// SPDX-License-Identifier: Apache-2.0
#include "data/datasets/column_names.hpp"

#include <doctest/doctest.h>

#include <string>
#include <vector>

#include "check_fails.hpp"
#include "data/hdf5/attributes.hpp"
#include "data/hdf5/file.hpp"
#include "temporary_folder.hpp"

namespace tusk::datasets {

TEST_CASE("names of columns and categories come back as they were, many ones too") {
  const test::TemporaryFolder folder;
  ColumnNames columns{.names = {"x", "color", "", "größe"}, .categories = {{1, {"blue", "red"}}}};
  for (int i = 0; i < 20'000; ++i) columns.categories[12].push_back("kind_" + std::to_string(i));
  {
    hdf5::File file = hdf5::File::create(folder.file("names.h5"));
    file.create_group("full");
    file.create_group("empty");
    write_column_names(file, "full", columns);
    write_column_names(file, "empty", {});
    const std::vector<std::string> texts{"no"};
    for (const char* name : {"category_names:", "category_names:x:", "category_names:3", "unit"}) {
      hdf5::write_attribute(file, "empty", name, texts);
    }
  }
  const hdf5::File file = hdf5::File::open(folder.file("names.h5"));
  CHECK(read_column_names(file, "full") == columns);
  CHECK(read_column_names(file, "empty") == ColumnNames{});
}

TEST_CASE("names that contradict each other are an error, names that are missing are none") {
  const auto check = [](const ColumnNames& columns, const ColumnNames& expected) {
    check_same_columns("a.h5", columns, "b.h5", expected);
  };
  const ColumnNames some{.names = {"x", "color"}, .categories = {{1, {"blue", "red"}}}};
  check(some, some);
  check(some, {});
  check({}, some);
  check({.names = {"x", "color"}, .categories = {{1, {"blue"}}}}, some);
  check({.names = {"x", "color"}, .categories = {{1, {"blue", "red", "white"}}}}, some);
  CHECK_FAILS(check({.names = {"color", "x"}}, some), ExitCode::bad_data,
              "a.h5: column 0 is called 'color', but 'x' in b.h5");
  CHECK_FAILS(check({.categories = {{1, {"blue", "green", "red"}}}}, some), ExitCode::bad_data,
              "a.h5: in column 1, 1 stands for 'green', but in b.h5 for 'red'");

  check_same_classes("a.h5", "label", {"b"}, "b.h5", {"b", "s"});
  check_same_classes("a.h5", "label", {"b", "s"}, "b.h5", {});
  CHECK_FAILS(check_same_classes("a.h5", "label", {"s", "b"}, "b.h5", {"b", "s"}),
              ExitCode::bad_data, "a.h5: class 0 of 'label' is called 's', but 'b' in b.h5");
}

}  // namespace tusk::datasets
