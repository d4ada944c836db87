// SPDX-License-Identifier: Apache-2.0
#include "data/hdf5/attributes.hpp"

#include <doctest/doctest.h>

#include <string>
#include <vector>

#include "check_fails.hpp"
#include "data/hdf5/file.hpp"
#include "temporary_folder.hpp"

namespace tusk::hdf5 {

TEST_CASE("attributes come back as they were, also empty, rewritten and very long ones") {
  const test::TemporaryFolder folder;
  const std::string path = folder.file("attributes.h5");
  const std::string longer(200'000, 'x');
  const std::vector<std::string> none;
  const std::vector<std::string> texts{"T-shirt", "", "Größe"};
  std::vector<std::string> many;
  for (int i = 0; i < 20'000; ++i) many.push_back("layer_" + std::to_string(i));
  {
    File file = File::create(path);
    file.create_group("group");
    write_attribute(file, "/", "text", "first");
    write_attribute(file, "/", "text", "second, longer");
    write_attribute(file, "/", "empty", "");
    write_attribute(file, "/", "long", longer);
    write_attribute(file, "group", "integer", std::int64_t{-3});
    write_attribute(file, "group", "number", 0.1);
    write_attribute(file, "group", "texts", texts);
    write_attribute(file, "group", "none", none);
    write_attribute(file, "group", "many", many);
  }
  const File file = File::open(path);
  CHECK(read_text(file, "/", "text") == "second, longer");
  CHECK(read_text(file, "/", "empty") == "");
  CHECK(read_text(file, "/", "long") == longer);
  CHECK_FALSE(read_text(file, "/", "nothing"));
  CHECK(read_integer(file, "group", "integer") == -3);
  CHECK(read_number(file, "group", "integer") == -3.0);
  CHECK(read_number(file, "group", "number") == 0.1);
  CHECK(read_texts(file, "group", "texts") == texts);
  CHECK(read_texts(file, "group", "none") == none);
  CHECK(read_texts(file, "group", "many") == many);
  CHECK_FALSE(read_texts(file, "group", "nothing"));
}

TEST_CASE("names that are not UTF-8 are refused") {
  const test::TemporaryFolder folder;
  const std::string path = folder.file("names.h5");
  {
    File file = File::create(path);
    write_attribute(file, "/", "column_names", std::vector<std::string>{"a", "caf\xE9"});
  }
  CHECK_FAILS(read_texts(File::open(path), "/", "column_names"), ExitCode::bad_data,
              "attribute 'column_names' holds \"caf\\xe9\", which is not UTF-8");
}

TEST_CASE("an attribute of another type or number is refused") {
  const test::TemporaryFolder folder;
  const std::string path = folder.file("attributes.h5");
  const std::vector<std::string> two{"a", "b"};
  {
    File file = File::create(path);
    write_attribute(file, "/", "text", "1");
    write_attribute(file, "/", "number", 1.5);
    write_attribute(file, "/", "two", two);
  }
  const File file = File::open(path);
  CHECK_FAILS(read_text(file, "/", "number"), ExitCode::bad_data, "'number' is not a text");
  CHECK_FAILS(read_number(file, "/", "text"), ExitCode::bad_data, "'text' is not a number");
  CHECK_FAILS(read_integer(file, "/", "number"), ExitCode::bad_data, "is not an integer");
  CHECK_FAILS(read_text(file, "/", "two"), ExitCode::bad_data, "more or less than one");
  CHECK_FAILS(read_text(file, "group", "text"), ExitCode::bad_data, "there is no 'group'");
}

}  // namespace tusk::hdf5
