// SPDX-License-Identifier: Apache-2.0
#include "data/tables/array_files.hpp"

#include <doctest/doctest.h>

#include <filesystem>
#include <span>
#include <string>
#include <vector>

#include "check_fails.hpp"
#include "gzip.hpp"
#include "npy.hpp"
#include "temporary_folder.hpp"
#include "xz.hpp"

namespace tusk::tables {
namespace {

std::string rows(ArrayFiles& files, std::uint64_t first, std::uint64_t count) {
  std::string out(count * files.row_bytes(), '?');
  files.read_rows(first, std::as_writable_bytes(std::span(out)));
  return out;
}

TEST_CASE("a folder of NPY files is one array, in the order of their names") {
  const test::TemporaryFolder folder;
  folder.write("b.npy", test::npy("'|u1'", "(1, 2)", "cd"));
  folder.write("a.npy", test::npy("'|u1'", "(1, 2)", "ab"));
  test::write_gzip(folder.file("c.npy.gz"), test::npy("'|u1'", "(2, 2)", "efgh"));
  test::write_xz(folder.file("d.npy.xz"), test::npy("'|u1'", "(1, 2)", "ij"));
  folder.write("readme.txt", "not one of them");
  std::filesystem::create_directory(folder.file("e.npy"));

  ArrayFiles files({folder.path().string()});
  CHECK(files.rows() == 5);
  CHECK(files.row_shape() == Shape{2});
  CHECK(rows(files, 0, 5) == "abcdefghij");
  for (std::uint64_t first = 0; first < 5; ++first) {
    for (std::uint64_t count = 0; first + count <= 5; ++count) {
      CAPTURE(first);
      CAPTURE(count);
      CHECK(rows(files, first, count) == std::string("abcdefghij").substr(2 * first, 2 * count));
    }
  }
  ArrayFiles both({folder.file("b.npy"), folder.file("a.npy")});  // in the order given
  CHECK(rows(both, 0, 2) == "cdab");
}

TEST_CASE("numbers in the names of a folder's files count as such") {
  const test::TemporaryFolder folder;
  const std::vector<std::string> in_order{"a",        "part-1",   "part-2", "part-02b", "part-010",
                                          "part-10b", "part-100", "part-x", "part"};
  char value = 'a';
  std::string expected;
  for (const std::string& name : in_order) {
    expected += value;
    folder.write(name + ".npy", test::npy("'|u1'", "(1,)", std::string(1, value++)));
  }
  ArrayFiles files({folder.path().string()});
  CHECK(rows(files, 0, in_order.size()) == expected);
}

TEST_CASE("files that are not parts of one array are refused") {
  const test::TemporaryFolder folder;
  CHECK_FAILS(ArrayFiles({folder.path().string()}), ExitCode::no_input, "holds no .npy files");
  const std::string first = folder.write("a.npy", test::npy("'|u1'", "(1, 2)", "ab"));
  const auto with = [&](const std::string& bytes) {
    ArrayFiles files({first, folder.write("b.npy", bytes)});
  };
  CHECK_FAILS(with(test::npy("'|i1'", "(1, 2)", "cd")), ExitCode::bad_data,
              "b.npy holds rows of (2,) int8, but");
  CHECK_FAILS(with(test::npy("'|u1'", "(1, 1)", "c")), ExitCode::bad_data,
              "a.npy holds rows of (2,) uint8");
  CHECK_FAILS(with(test::npy("[('x', '|u1'), ('y', '|u1')]", "(1,)", "cd")), ExitCode::bad_data,
              "records of other fields");
  CHECK_FAILS(with("text"), ExitCode::bad_data, "neither IDX nor NPY");
}

}  // namespace
}  // namespace tusk::tables
