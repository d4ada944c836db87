// SPDX-License-Identifier: Apache-2.0
#include "data/samples/batches.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <cstdint>
#include <vector>

#include "data/datasets/split.hpp"
#include "data/samples/shard.hpp"
#include "samples.hpp"
#include "temporary_folder.hpp"

namespace tusk::samples {
namespace {

const LabelFormat three_classes{.kind = LabelFormat::Kind::classes, .width = 3};

// The rows that one epoch visits, by their first feature; every batch's shape and labels checked.
std::vector<std::uint64_t> visit(Batches& batches, std::uint64_t epoch) {
  std::vector<std::uint64_t> rows;
  std::size_t count = 0;
  batches.start_epoch(epoch);
  while (const auto batch = batches.next()) {
    ++count;
    const std::size_t left = batches.samples() - rows.size();
    CHECK(batch->samples == std::min(batches.batch_size(), left));
    CHECK(batch->features.cols() == batch->samples);
    CHECK(batch->targets.batch() == batch->samples);
    for (std::size_t i = 0; i < batch->samples; ++i) {
      const auto row = static_cast<std::uint64_t>(batch->features(0, i));
      CHECK(batch->features(1, i) == static_cast<float>(2 * row));
      CHECK(batch->targets.classes[i] == static_cast<std::int32_t>(row % 3));
      rows.push_back(row);
    }
  }
  CHECK(count == batches.batches());
  CHECK_FALSE(batches.next());
  return rows;
}

}  // namespace

TEST_CASE("an epoch visits every training row exactly once, for any workers and batch size") {
  const test::TemporaryFolder folder;
  const std::uint64_t rows = 103;
  const datasets::Dataset dataset =
      test_samples::open(test_samples::write_counting(folder.file("data.h5"), rows));
  const datasets::Split split(rows, 0.1, 3);
  for (const std::size_t workers : {1, 2, 3, 7}) {
    for (const std::size_t batch_size : {1, 4, 10, 93, 200}) {
      for (const bool shuffle : {true, false}) {
        std::vector<std::uint64_t> all;
        for (std::size_t worker = 0; worker < workers; ++worker) {
          const Shard shard = Shard::read(dataset, split.shard_rows(worker, workers, "data.h5"),
                                          &three_classes, {});
          Batches batches(shard, {.batch_size = batch_size, .shuffle = shuffle});
          const auto visited = visit(batches, 1);
          all.insert(all.end(), visited.begin(), visited.end());
        }
        std::sort(all.begin(), all.end());
        CHECK(all == split.training_rows({0, split.training_count()}).to_vector());
      }
    }
  }
}

TEST_CASE("the order is a function of seed, worker and epoch") {
  const test::TemporaryFolder folder;
  const datasets::Dataset dataset =
      test_samples::open(test_samples::write_counting(folder.file("data.h5"), 50));
  const auto rows = datasets::Split(50).training_rows({0, 50});
  const Shard shard = Shard::read(dataset, rows, &three_classes, {});
  Batches first(shard, {.batch_size = 8, .seed = 1, .worker = 2});
  Batches again(shard, {.batch_size = 16, .seed = 1, .worker = 2});
  Batches other_seed(shard, {.batch_size = 8, .seed = 2, .worker = 2});
  Batches other_worker(shard, {.batch_size = 8, .seed = 1, .worker = 3});
  Batches in_order(shard, {.batch_size = 8, .shuffle = false});
  const auto epoch_1 = visit(first, 1);
  CHECK(epoch_1 != rows.to_vector());
  CHECK(visit(first, 2) != epoch_1);
  CHECK(visit(again, 1) == epoch_1);  // whatever the batch size
  CHECK(visit(first, 1) == epoch_1);  // also after another epoch: a resumed run goes on the same
  CHECK(visit(other_seed, 1) != epoch_1);
  CHECK(visit(other_worker, 1) != epoch_1);
  CHECK(visit(in_order, 1) == rows.to_vector());
}

TEST_CASE("an epoch can be begun anew before its end") {
  const test::TemporaryFolder folder;
  const datasets::Dataset dataset =
      test_samples::open(test_samples::write_counting(folder.file("data.h5"), 50));
  const Shard shard =
      Shard::read(dataset, datasets::Split(50).training_rows({0, 50}), &three_classes, {});
  Batches batches(shard, {.batch_size = 8});
  CHECK_FALSE(batches.next());  // not begun
  batches.start_epoch(1);
  batches.next();
  CHECK(visit(batches, 1).size() == 50);
}

TEST_CASE("without labels a batch has features alone; an empty shard has no batches") {
  const test::TemporaryFolder folder;
  const std::string path = test_samples::write_counting(folder.file("data.h5"), 5);
  const datasets::Dataset dataset = datasets::Dataset::open(path, {"features"});
  const Shard shard = Shard::read(dataset, {1, 3}, nullptr, {});
  Batches batches(shard, {.batch_size = 8, .shuffle = false});
  batches.start_epoch(0);
  const auto batch = batches.next();
  REQUIRE(batch);
  CHECK(batch->features(0, 1) == 3.0F);
  CHECK(batch->targets.batch() == 0);
  const Shard nothing;
  Batches none(nothing, {});
  none.start_epoch(0);
  CHECK_FALSE(none.next());
  CHECK(none.batches() == 0);
}

}  // namespace tusk::samples
