// SPDX-License-Identifier: Apache-2.0
#include "data/datasets/joined_dataset.hpp"

#include <doctest/doctest.h>

#include <cstdint>
#include <filesystem>
#include <limits>
#include <string>
#include <vector>

#include "check_fails.hpp"
#include "data/datasets/find_files.hpp"
#include "data/samples/samples.hpp"
#include "data/samples/shard.hpp"
#include "temporary_folder.hpp"

namespace tusk::datasets {
namespace {

const samples::LabelFormat three_classes{.kind = samples::LabelFormat::Kind::classes, .width = 3};

// Files of so many rows each, in which row i of all has the feature i.
FileList write_parts(const test::TemporaryFolder& folder, const std::vector<std::uint64_t>& rows) {
  FileList files;
  float next = 0.0F;
  for (const std::uint64_t count : rows) {
    std::vector<float> features(count);
    std::vector<std::int32_t> labels(count);
    for (std::uint64_t i = 0; i < count; ++i) {
      features[i] = next;
      labels[i] = static_cast<std::int32_t>(next) % 3;
      next += 1.0F;
    }
    const std::string name = "part-" + std::to_string(files.paths.size()) + ".h5";
    files.paths.push_back(
        samples::test_samples::write(folder.file(name), 1, features, labels, {count}));
  }
  return files;
}

}  // namespace

TEST_CASE("the rows of several files are numbered through") {
  const test::TemporaryFolder folder;
  const FileList files = write_parts(folder, {5, 1, 8});
  const Dataset dataset = Dataset::open(files, {"features", "label"});
  CHECK(dataset.rows() == 14);
  std::vector<float> numbers(9);
  dataset.features().read(3, std::span(numbers));
  for (std::size_t i = 0; i < numbers.size(); ++i) CHECK(numbers[i] == static_cast<float>(3 + i));
  CHECK(dataset.features().part_of(4).dataset.path() == files.paths[0]);
  CHECK(dataset.features().part_of(5).dataset.path() == files.paths[1]);
  CHECK(dataset.features().part_of(6).dataset.path() == files.paths[2]);

  const std::vector<std::uint64_t> wanted{0, 4, 5, 6, 6, 13};
  const samples::Shard shard = samples::Shard::read(dataset, wanted, &three_classes, {});
  for (std::size_t i = 0; i < wanted.size(); ++i) {
    float feature = 0.0F;
    shard.copy_sample(i, {&feature, 1});
    CHECK(feature == static_cast<float>(wanted[i]));
    CHECK(shard.classes()[i] == static_cast<std::int32_t>(wanted[i] % 3));
  }
}

TEST_CASE("files that do not go together are named, and so is the file of a bad row") {
  const test::TemporaryFolder folder;
  const auto open = [](const FileList& files) {
    return Dataset::open(files, {"features", "label"});
  };
  const std::vector<float> four{0, 1, 2, 3};
  const std::vector<std::int32_t> two(2);
  const std::string first = samples::test_samples::write(folder.file("a.h5"), 2, four, two, {2});
  const std::string wide =
      samples::test_samples::write(folder.file("b.h5"), 4, four, std::vector<std::int32_t>(1), {1});
  const std::string doubles = samples::test_samples::write(
      folder.file("c.h5"), 2, std::vector<double>{0, 1, 2, 3}, two, {2});
  const std::string bytes =
      samples::test_samples::write(folder.file("d.h5"), 2, four, std::vector<std::uint8_t>(2), {2});
  CHECK_FAILS(open(std::vector{first, wide}), ExitCode::bad_data,
              "b.h5: rows of 'features' are float32 (4,), but those of");
  CHECK_FAILS(open(std::vector{first, doubles}), ExitCode::bad_data,
              "c.h5: rows of 'features' are float64 (2,)");
  CHECK_FAILS(open(std::vector{first, bytes}), ExitCode::bad_data,
              "d.h5: rows of 'label' are uint8");
  CHECK_FAILS(open(std::vector{first, folder.file("none.h5")}), ExitCode::no_input, "none.h5");

  const float nan = std::numeric_limits<float>::quiet_NaN();
  const std::string bad =
      samples::test_samples::write(folder.file("e.h5"), 2, std::vector<float>{0, 1, 2, nan},
                                   std::vector<std::int32_t>{0, 3}, {2});
  const auto read = [&](const Rows& rows) {
    return samples::Shard::read(open(std::vector{first, bad}), rows, &three_classes, {});
  };
  CHECK_FAILS(read({3}), ExitCode::bad_data, "e.h5: data set 'label' has 3 in row 1");
  const samples::LabelFormat four_classes{.kind = samples::LabelFormat::Kind::classes, .width = 4};
  CHECK_FAILS(samples::Shard::read(open(std::vector{first, bad}), {0, 3}, &four_classes, {}),
              ExitCode::bad_data, "e.h5: data set 'features' has nan in row 1, column 1");
}

TEST_CASE("a pattern stands for the files that match, in the order of their names") {
  const test::TemporaryFolder folder;
  const FileList files = write_parts(folder, {1, 2, 3});
  const std::string pattern = folder.file("part-*.h5");
  CHECK(find_files(pattern) == files.paths);
  CHECK(find_files(std::vector{files.paths[2], files.paths[0]}) ==
        std::vector{files.paths[2], files.paths[0]});
  CHECK(find_files(folder.file("part-[02].h5")) == std::vector{files.paths[0], files.paths[2]});
  CHECK_FAILS(find_files(folder.file("none-*.h5")), ExitCode::no_input,
              "none-*.h5: no file matches");
  CHECK_FAILS(find_files(std::vector{files.paths[1], pattern}), ExitCode::bad_experiment,
              "part-1.h5: named twice");
  std::filesystem::rename(files.paths[0], folder.file("odd[0].h5"));
  CHECK(find_files(folder.file("odd[0].h5")) == std::vector{folder.file("odd[0].h5")});
}

}  // namespace tusk::datasets
