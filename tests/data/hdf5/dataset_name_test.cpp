// SPDX-License-Identifier: Apache-2.0
#include "data/hdf5/dataset_name.hpp"

#include <doctest/doctest.h>

namespace tusk::hdf5 {
namespace {

TEST_CASE("a data set needs a name, and HDF5 takes a dot for the group that it stands in") {
  for (const char* name : {"x", "x/y", "/x", "x/", "x//y", "..", "x.y", ".x", " "}) {
    CAPTURE(name);
    CHECK(can_name_dataset(name));
  }
  for (const char* name : {"", "/", "//", ".", "x/.", "./x", "x/./y", "/."}) {
    CAPTURE(name);
    CHECK_FALSE(can_name_dataset(name));
  }
}

TEST_CASE("a file has one thing of a name, and a data set holds no other") {
  CHECK(names_collide("x", "x"));
  CHECK(names_collide("x", "/x//"));
  CHECK(names_collide("x", "x/y"));
  CHECK(names_collide("/a//b/c", "a/b"));
  CHECK_FALSE(names_collide("x", "xy"));
  CHECK_FALSE(names_collide("a/x", "a/y"));
  CHECK_FALSE(names_collide("a/x", "x"));
}

}  // namespace
}  // namespace tusk::hdf5
