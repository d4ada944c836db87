// SPDX-License-Identifier: Apache-2.0
#include "data/samples/row_stream.hpp"

#include <doctest/doctest.h>

#include <cstdint>
#include <memory>
#include <numeric>
#include <vector>

#include "check_fails.hpp"
#include "data/hdf5/file.hpp"
#include "data/samples/batches.hpp"
#include "temporary_folder.hpp"

namespace tusk::samples {
namespace {

constexpr std::uint64_t rows = 40;
constexpr std::uint64_t columns = 300'000;  // so that six rows are a block

// Row i holds i in every column and has label i.
void write_data(const std::string& path) {
  std::vector<float> features(rows * columns);
  for (std::uint64_t i = 0; i < features.size(); ++i) {
    features[i] = static_cast<float>(i / columns);
  }
  std::vector<std::int32_t> labels(rows);
  std::iota(labels.begin(), labels.end(), 0);
  hdf5::File file = hdf5::File::create(path);
  file.create_dataset("features", ElementType::f32, {rows, columns})
      .write(0, std::span<const float>(features));
  file.create_dataset("label", ElementType::i32, {rows})
      .write(0, std::span<const std::int32_t>(labels));
}

}  // namespace

TEST_CASE("rows are streamed once each, in order, over the ends of blocks and batches") {
  const test::TemporaryFolder folder;
  write_data(folder.file("data.h5"));
  const datasets::Dataset dataset =
      datasets::Dataset::open(folder.file("data.h5"), {"features", "label"});
  REQUIRE(dataset.features().rows_per_transfer() == 6);
  for (const bool as_classes : {true, false}) {
    LabelFormat format{.kind = LabelFormat::Kind::classes, .width = rows};
    if (!as_classes) format = {.kind = LabelFormat::Kind::values, .width = 1};
    Batches batches(std::make_unique<RowStream>(dataset, datasets::Block{5, 37}, &format,
                                                transforms::Transforms()),
                    4);
    for (const std::uint64_t epoch : {1, 2}) {
      batches.start_epoch(epoch);
      std::uint64_t row = 5;
      while (const auto batch = batches.next()) {
        for (std::size_t i = 0; i < batch->samples; ++i, ++row) {
          CHECK(batch->features(0, i) == static_cast<Real>(row));
          CHECK(batch->features(columns - 1, i) == static_cast<Real>(row));
          if (as_classes) {
            CHECK(batch->targets.classes[i] == static_cast<std::int32_t>(row));
          } else {
            CHECK(batch->targets.values(0, i) == static_cast<Real>(row));
          }
        }
      }
      CHECK(row == 37);
    }
  }
}

TEST_CASE("a stream of no rows, or without labels, is one") {
  const test::TemporaryFolder folder;
  write_data(folder.file("data.h5"));
  const datasets::Dataset dataset = datasets::Dataset::open(folder.file("data.h5"), {"features"});
  Batches none(std::make_unique<RowStream>(dataset, datasets::Block{7, 7}, nullptr,
                                           transforms::Transforms()),
               4);
  none.start_epoch(1);
  CHECK_FALSE(none.next().has_value());
  Batches some(std::make_unique<RowStream>(dataset, datasets::Block{39, 40}, nullptr,
                                           transforms::Transforms()),
               4);
  some.start_epoch(1);
  const auto batch = some.next();
  REQUIRE(batch.has_value());
  CHECK(batch->samples == 1);
  CHECK(batch->targets.values.data() == nullptr);
  CHECK_FALSE(some.next().has_value());
}

}  // namespace tusk::samples
