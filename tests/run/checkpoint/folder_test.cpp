// SPDX-License-Identifier: Apache-2.0
#include "run/checkpoint/folder.hpp"

#include <doctest/doctest.h>

#include <fstream>
#include <string>

#include "temporary_folder.hpp"

using namespace tusk;
using checkpoint::Folder;
namespace fs = std::filesystem;

namespace {

void write(const fs::path& path) { std::ofstream(path) << "x"; }

std::vector<std::string> names(const Folder& folder) {
  std::vector<std::string> all;
  for (const fs::path& path : folder.list()) all.push_back(path.filename().string());
  return all;
}

}  // namespace

TEST_CASE("checkpoints appear whole under their names; the newest are kept, and one has a link") {
  const test::TemporaryFolder run;
  const Folder folder(run.file("."));
  CHECK(folder.list().empty());
  for (const std::uint64_t step : {7ULL, 90ULL, 12345678901ULL}) {
    write(folder.begin() / "rank-0.state");
    CHECK(folder.list().size() < 3);  // `writing` is none
    CHECK(fs::exists(folder.publish(step, 2) / "rank-0.state"));
  }
  CHECK(names(folder) == std::vector<std::string>{"step-12345678901", "step-0000000090"});
  CHECK(fs::equivalent(run.file("./checkpoints/latest"), folder.list().front()));
}

TEST_CASE("one of the same step stays as it is") {
  const test::TemporaryFolder run;
  const Folder folder(run.file("."));
  write(folder.begin() / "first");
  folder.publish(5, 2);
  write(folder.begin() / "second");
  const fs::path path = folder.publish(5, 2);
  CHECK(fs::exists(path / "first"));
  CHECK_FALSE(fs::exists(folder.writing()));
}

TEST_CASE("what a killed run has left half written is no checkpoint, and goes with the next") {
  const test::TemporaryFolder run;
  const Folder folder(run.file("."));
  folder.begin();
  write(folder.writing() / "rank-0.state");
  fs::create_directory(run.file("./checkpoints/removing"));
  fs::create_directory(run.file("./checkpoints/step-12x4567890"));
  fs::create_directory(run.file("./checkpoints/step-99999999999999999999999"));  // no number
  fs::create_directory(run.file("./checkpoints/step--000000001"));
  write(run.file("./checkpoints/step-0000000003"));  // a file
  fs::create_directory_symlink("/", run.file("./checkpoints/step-0000000004"));
  CHECK(folder.list().empty());
  CHECK(fs::is_empty(folder.begin()));
  CHECK_FALSE(fs::exists(run.file("./checkpoints/removing")));
}

TEST_CASE("what is set aside is no checkpoint any more, and is not removed") {
  const test::TemporaryFolder run;
  const Folder folder(run.file("."));
  for (int i = 1; i <= 2; ++i) {
    write(folder.begin() / "file");
    Folder::set_aside(folder.publish(8, 2), "damaged");
    CHECK(fs::exists(run.file("./checkpoints/step-0000000008.damaged-" + std::to_string(i))));
  }
  CHECK(folder.list().empty());
}
