// SPDX-License-Identifier: Apache-2.0
#include "data/samples/shard.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <limits>
#include <vector>

#include "check_fails.hpp"
#include "data/datasets/split.hpp"
#include "samples.hpp"
#include "temporary_folder.hpp"

namespace tusk::samples {
namespace {

using Kind = LabelFormat::Kind;
const LabelFormat shard_classes{.kind = Kind::classes, .width = 3};

datasets::Rows first_rows(std::uint64_t count) { return datasets::Rows::all(count); }

std::vector<float> sample(const Shard& shard, std::size_t index) {
  std::vector<float> out(shard.sample_shape().elements());
  shard.copy_sample(index, out);
  return out;
}

}  // namespace

TEST_CASE("a shard holds its rows and no others, however they lie in the file") {
  const test::TemporaryFolder folder;
  const std::uint64_t rows = 100'000;  // several transfers
  for (const hdf5::Storage& storage : {hdf5::Storage{}, {.chunk_rows = 1000}}) {
    const datasets::Dataset dataset =
        test_samples::open(test_samples::write_counting(folder.file("data.h5"), rows, storage, 64));
    CHECK(dataset.features().rows_per_transfer() < rows);
    for (const datasets::Rows& wanted :
         {datasets::Rows{},
          {0},
          {rows - 1},
          {0, rows - 1},
          {3, 4, 5, 7, 70'000},
          datasets::Split(rows).training_rows({1000, 80'000}),
          datasets::Split(rows, 0.4, 1).training_rows({5, 9000}),
          datasets::Split(rows, 0.1, 1).validation_rows({0, rows / 10})}) {
      const Shard shard = Shard::read(dataset, wanted, &shard_classes, {});
      CHECK(shard.size() == wanted.size());
      bool same = true;
      for (std::size_t i = 0; i < wanted.size(); ++i) {
        const auto row = static_cast<float>(wanted[i]);
        const std::vector<float> features = sample(shard, i);
        same &= features[0] == row && features[1] == 2 * row && features[63] == 0;
        same &= shard.classes()[i] == static_cast<std::int32_t>(wanted[i] % 3);
      }
      CHECK(same);
    }
  }
}

TEST_CASE("small integers stay small and are scaled on the way out") {
  const test::TemporaryFolder folder;
  const std::vector<std::uint8_t> pixels{0, 51, 102, 255};
  const std::string path = test_samples::write(folder.file("data.h5"), 2, pixels,
                                               std::vector<std::int64_t>{0, 1}, {2, 1});
  const auto scale = transforms::Transforms::from_json(
      R"([{"type": "scale", "factor": 0.00392156862745098, "offset": 0}])", "model.h5", {});
  const Shard shard = Shard::read(test_samples::open(path), first_rows(2), &shard_classes, scale);
  CHECK(shard.bytes() == 4 + 2 * sizeof(std::int32_t));
  CHECK(sample(shard, 0)[1] == doctest::Approx(0.2));
  CHECK(sample(shard, 1)[1] == doctest::Approx(1.0));
}

TEST_CASE("values are read with as many numbers a row as there are outputs") {
  const test::TemporaryFolder folder;
  const std::string path = test_samples::write(folder.file("data.h5"), 1, std::vector<double>{1, 2},
                                               std::vector<double>{0.25, 0.75, 1.0, 0.0}, {2, 2});
  const LabelFormat format{.kind = Kind::values, .width = 2};
  const Shard shard = Shard::read(test_samples::open(path), first_rows(2), &format, {});
  CHECK_FALSE(shard.has_classes());
  CHECK(shard.values().rows() == 2);
  CHECK(shard.values()(1, 0) == 0.75F);
  CHECK(sample(shard, 1) == std::vector<float>{2.0F});
}

TEST_CASE("a positive label is told from its neighbours where float32 does not tell them apart") {
  const test::TemporaryFolder folder;
  const std::vector<std::int32_t> nuclei{1000822080, 1000822070, 1000020040, 1000822080};
  const std::string path =
      test_samples::write(folder.file("data.h5"), 1, std::vector<float>{1, 2, 3, 4}, nuclei, {4});
  const double lead = 1000822080;
  const LabelFormat values{.kind = Kind::values, .width = 1, .low = 0, .high = 1, .positive = lead};
  const Shard shard = Shard::read(test_samples::open(path), first_rows(4), &values, {});
  for (int row = 0; row < 4; ++row) CHECK(shard.values()(0, row) == (row % 3 == 0 ? 1.0F : 0.0F));
  const LabelFormat classes{.kind = Kind::classes, .width = 2, .positive = lead};
  const Shard same = Shard::read(test_samples::open(path), first_rows(4), &classes, {});
  CHECK(std::ranges::equal(same.classes(), std::vector<std::int32_t>{1, 0, 0, 1}));
}

TEST_CASE("numbers that training would choke on are named with their row") {
  const test::TemporaryFolder folder;
  const std::string path = folder.file("data.h5");
  const auto read = [&](std::vector<double> features, std::vector<double> labels,
                        const LabelFormat& format) {
    const std::vector<std::uint64_t> shape{labels.size()};
    test_samples::write(path, 2, features, labels, shape);
    return Shard::read(test_samples::open(path), {1, 2}, &format, {});
  };
  const LabelFormat values{.kind = Kind::values, .width = 1};
  const LabelFormat probabilities{.kind = Kind::values, .width = 1, .low = 0.0, .high = 1.0};
  const double nan = std::numeric_limits<double>::quiet_NaN();
  const std::vector<double> fine{nan, 0, 1, 2, 3, 4};  // row 0 is another worker's
  CHECK_NOTHROW(read(fine, {9, 2, 1}, shard_classes));
  CHECK_FAILS(read({0, 0, 0, 0, 0, nan}, {0, 0, 0}, shard_classes), ExitCode::bad_data,
              "'features' has nan in row 2, column 1");
  CHECK_FAILS(read({0, 0, -1e300, 0, 0, 0}, {0, 0, 0}, shard_classes), ExitCode::bad_data,
              "'features' has -inf in row 1, column 0");
  CHECK_FAILS(read(fine, {0, 0, 3}, shard_classes), ExitCode::bad_data,
              "'label' has 3 in row 2; with the model's 3 outputs, classes are 0 to 2");
  CHECK_FAILS(read(fine, {0, -1, 0}, shard_classes), ExitCode::bad_data, "has -1 in row 1");
  CHECK_FAILS(read(fine, {0, 0.5, 0}, shard_classes), ExitCode::bad_data, "has 0.5 in row 1");
  CHECK_FAILS(read(fine, {0, nan, 0}, shard_classes), ExitCode::bad_data, "has nan in row 1");
  CHECK_FAILS(read(fine, {0, 1e30, 0}, shard_classes), ExitCode::bad_data, "has 1e+30 in row 1");
  CHECK_FAILS(read(fine, {0, nan, 0}, values), ExitCode::bad_data, "labels must be finite");
  CHECK_FAILS(read(fine, {0, 2, 0}, probabilities), ExitCode::bad_data, "are from 0 to 1");
}

TEST_CASE("numbers that are no indices are named with their row, of any type, read as they are") {
  const test::TemporaryFolder folder;
  const std::string path = folder.file("words.h5");
  const auto read = [&](const auto& features, const transforms::Transforms& transforms) {
    test_samples::write(path, 2, features, std::vector<std::int32_t>{0, 1, 2}, {3});
    return Shard::read(test_samples::open(path), {1, 2}, &shard_classes,
                       transforms.with_index_limit(5));
  };
  const std::string message =
      "words.h5: data set 'features', row 2: 7 in column 1 is no index of the model's embedding, "
      "whose 5 rows count from 0";
  CHECK_NOTHROW(read(std::vector<double>{7, 7, 0, 1, 4, 3}, {}));  // row 0 is another worker's
  CHECK_FAILS(read(std::vector<double>{0, 0, 1, 1, 2, 7}, {}), ExitCode::bad_data, message);
  CHECK_FAILS(read(std::vector<float>{0, 0, 1, 1, 2, 7}, {}), ExitCode::bad_data, message);
  CHECK_FAILS(read(std::vector<std::uint8_t>{0, 0, 1, 1, 2, 7}, {}), ExitCode::bad_data, message);
  CHECK_FAILS(read(std::vector<std::int64_t>{0, 0, 1, 1, -1, 3}, {}), ExitCode::bad_data,
              "row 2: -1 in column 0 is no index");
  const auto exact = transforms::Transforms::from_json(
      R"([{"type": "scale", "factor": 1, "offset": 0}])", "model.h5", {});
  CHECK_FAILS(read(std::vector<double>{0, 0, 1, 1, 2, 7}, exact), ExitCode::bad_data,
              "row 2: 7 in column 1, as the transforms leave it, is no index");
}

}  // namespace tusk::samples
