// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>

#include <cstdint>
#include <fstream>
#include <span>
#include <string>
#include <vector>

#include "check_fails.hpp"
#include "data/tables/libsvm_table.hpp"
#include "mpi/communicator.hpp"
#include "shared_folder.hpp"
#include "tusk/random.hpp"

namespace tusk::tables {
namespace {

std::vector<std::byte> read(LibsvmTable& table) {
  std::vector<std::byte> all;
  for (std::size_t field = 0; field < 2; ++field) {
    std::vector<std::byte> bytes(table.rows() * table.fields()[field].row_bytes());
    std::vector<std::span<std::byte>> out(2);
    out[field] = bytes;
    table.read_rows(0, table.rows(), out);
    all.insert(all.end(), bytes.begin(), bytes.end());
  }
  return all;
}

// Lines of all lengths, some of them without a row; labels that the first rank need not see.
std::string random_text(Random& random) {
  std::string text;
  for (std::uint64_t line = random.below(40) + 1; line-- > 0;) {
    if (random.below(6) == 0) text += random.below(2) == 0 ? "\n" : "# none\n";
    text += std::string(1, static_cast<char>('a' + random.below(5))) + " 1:1";
    for (std::uint64_t index = 2; index < random.below(60); index += 1 + random.below(20)) {
      text += " " + std::to_string(index) + ":" + std::to_string(random.below(1000));
    }
    text += random.below(3) == 0 ? "\r\n" : "\n";
  }
  if (random.below(2) == 0) text.pop_back();
  return text;
}

TEST_CASE("ranks find together what one process finds alone") {
  const mpi::Communicator world = mpi::Communicator::world();
  const test::SharedFolder folder(world);
  const std::vector<std::string> paths{folder.file("a"), folder.file("b")};
  for (std::uint64_t round = 0; round < 100; ++round) {
    CAPTURE(round);
    Random random(round, Stream::shuffle);
    for (const std::string& path : paths) {
      const std::string text = random_text(random);
      if (world.rank() == 0) std::ofstream(path, std::ios::binary) << text;
    }
    world.barrier();
    LibsvmTable alone(paths, {});
    LibsvmTable together(paths, {}, {}, &world);
    CHECK(together.rows() == alone.rows());
    CHECK(together.fields()[0].row_shape == alone.fields()[0].row_shape);
    CHECK(together.fields()[1].class_names == alone.fields()[1].class_names);
    CHECK(read(together) == read(alone));
    world.barrier();
  }
}

TEST_CASE("an error names the same line on every number of ranks") {
  const mpi::Communicator world = mpi::Communicator::world();
  const test::SharedFolder folder(world);
  const std::string path = folder.file("data");
  for (int bad = 1; bad <= 100; bad += 9) {
    if (world.rank() == 0) {
      std::ofstream out(path, std::ios::binary);
      for (int line = 1; line <= 100; ++line) {
        out << (line >= bad ? "1 2:1 1:1" : line % 7 == 0 ? "# none" : "1 1:1") << "\n";
      }
    }
    world.barrier();
    CHECK_FAILS(LibsvmTable({path}, {}, {}, &world), ExitCode::bad_data,
                "line " + std::to_string(bad) + ": index 1 stands behind a larger one");
    world.barrier();
  }
}

}  // namespace
}  // namespace tusk::tables
