// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>

#include "allocation_counter.hpp"
#include "data/datasets/split.hpp"
#include "data/samples/batches.hpp"
#include "data/samples/shard.hpp"
#include "samples.hpp"
#include "temporary_folder.hpp"

namespace tusk::samples {

TEST_CASE("epochs of batches allocate nothing") {
  const test::TemporaryFolder folder;
  const datasets::Dataset dataset =
      test_samples::open(test_samples::write_counting(folder.file("data.h5"), 100));
  const LabelFormat format{
      .kind = LabelFormat::Kind::classes, .width = 3, .class_weights = {1.0, 2.0, 3.0}};
  const auto transforms = transforms::Transforms::from_json(
      R"([{"type": "scale", "factor": 0.5, "offset": 0},
          {"type": "missing", "value": "nan", "fills": [1, 2]},
          {"type": "one_hot", "column": 1, "unknown": "zeros", "categories": [1, 2, 3]},
          {"type": "normalize", "p": 3, "columns": [0, 2]},
          {"type": "standard", "centers": [0, 0, 0, 0], "slopes": [1, 1, 1, 1], "base": 0}])",
      "model.h5", {});
  const Shard shard =
      Shard::read(dataset, datasets::Split(100).training_rows({0, 100}), &format, transforms);
  Batches batches(shard, {.batch_size = 8});
  const std::size_t before = allocations;
  REQUIRE(before > 0);
  float sum = 0.0F;
  for (std::uint64_t epoch = 1; epoch <= 3; ++epoch) {
    batches.start_epoch(epoch);
    while (const auto batch = batches.next()) sum += batch->features(0, 0);
  }
  CHECK(allocations == before);
  CHECK(sum > 0.0F);
}

}  // namespace tusk::samples
