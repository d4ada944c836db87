// SPDX-License-Identifier: Apache-2.0
#include "data/samples/streamed_shard.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <cstdint>
#include <filesystem>
#include <limits>
#include <memory>
#include <string>
#include <vector>

#include "check_fails.hpp"
#include "data/datasets/split.hpp"
#include "data/samples/batches.hpp"
#include "data/samples/load_samples.hpp"
#include "samples.hpp"
#include "temporary_folder.hpp"

namespace tusk::samples {
namespace {

using List = std::vector<std::uint64_t>;

const LabelFormat streamed_classes{.kind = LabelFormat::Kind::classes, .width = 3};

// The rows that one epoch visits, by their first feature; everything else of the samples checked.
List visited_rows(Batches& batches, std::uint64_t epoch) {
  List visited;
  bool right = true;
  batches.start_epoch(epoch);
  while (const auto batch = batches.next()) {
    right &= batch->samples == std::min(batches.batch_size(), batches.samples() - visited.size());
    for (std::size_t i = 0; i < batch->samples; ++i) {
      const auto row = static_cast<std::uint64_t>(batch->features(0, i));
      right &= batch->features(1, i) == static_cast<float>(2 * row) && batch->features(63, i) == 0;
      right &= batch->targets.classes[i] == static_cast<std::int32_t>(row % 3);
      visited.push_back(row);
    }
  }
  CHECK(right);
  return visited;
}

List sorted(List list) {
  std::ranges::sort(list);
  return list;
}

constexpr std::uint64_t counted_rows = 4001;
constexpr std::uint64_t small_limit = 200'000;  // a fifth of what the rows take
constexpr std::uint64_t large_limit = 1ULL << 30;

datasets::Dataset counting(const test::TemporaryFolder& folder, const hdf5::Storage& storage = {},
                           const std::string& name = "data.h5") {
  return test_samples::open(
      test_samples::write_counting(folder.file(name), counted_rows, storage, 64));
}

}  // namespace

TEST_CASE("an epoch has every sample exactly once, streamed or not, for any workers and chunks") {
  const test::TemporaryFolder folder;
  const datasets::Split split(counted_rows, 0.1, 3);
  const List training = split.training_rows({0, split.training_count()}).to_vector();
  for (const hdf5::Storage& storage : {hdf5::Storage{},
                                       {.chunk_rows = 10},
                                       {.chunk_rows = 100, .gzip = 1},
                                       {.chunk_rows = counted_rows}}) {
    const datasets::Dataset dataset = counting(folder, storage);
    for (const std::uint64_t limit : {small_limit, large_limit}) {
      for (const std::size_t workers : {1, 2, 4}) {
        for (const std::size_t repeat : {1, 3}) {
          List all;
          for (std::size_t worker = 0; worker < workers; ++worker) {
            const auto shard = load_samples(dataset, split.shard_rows(worker, workers, "data.h5"),
                                            &streamed_classes, {}, limit);
            CHECK((dynamic_cast<const StreamedShard*>(shard.get()) != nullptr) ==
                  (limit == small_limit));
            Batches batches(*shard, {.batch_size = 32, .seed = 5, .repeat = repeat});
            const List visited = visited_rows(batches, 1);
            CHECK(visited.size() == batches.samples());
            all.insert(all.end(), visited.begin(), visited.end());
          }
          List expected;
          for (std::size_t i = 0; i < repeat; ++i) {
            expected.insert(expected.end(), training.begin(), training.end());
          }
          CHECK(sorted(all) == sorted(expected));
        }
      }
    }
  }
}

TEST_CASE("several files are streamed as one, and rows may be drawn repeatedly") {
  const test::TemporaryFolder folder;
  std::vector<std::string> files;
  List drawn;
  for (const int file : {0, 1, 2}) {  // each counts from 0
    files.push_back(test_samples::write_counting(folder.file(std::to_string(file)),
                                                 static_cast<std::uint64_t>(1000 + 7 * file),
                                                 {.chunk_rows = 33, .gzip = 1}, 64));
  }
  for (std::uint64_t i = 0; i < 3021; ++i) drawn.insert(drawn.end(), i % 4, i);
  const datasets::Dataset dataset = datasets::Dataset::open(files, {"features", "label"});
  REQUIRE(dataset.rows() == 3021);
  const StreamedShard shard(dataset, drawn, &streamed_classes, {}, small_limit);
  Batches batches(shard, {.batch_size = 100});
  List expected;
  for (const std::uint64_t row : drawn) {
    expected.push_back(row < 1000 ? row : row < 2007 ? row - 1000 : row - 2007);
  }
  CHECK(sorted(visited_rows(batches, 1)) == sorted(expected));
  Batches in_order(shard, {.batch_size = 100, .shuffle = false});
  CHECK(visited_rows(in_order, 1) == expected);
  CHECK(visited_rows(in_order, 1) == expected);  // as an evaluation does
}

TEST_CASE("the order is a function of seed, worker and epoch, and of nothing else") {
  const test::TemporaryFolder folder;
  const datasets::Dataset dataset = counting(folder);
  const StreamedShard shard(dataset, datasets::Rows::all(counted_rows), &streamed_classes, {},
                            small_limit);
  Batches first(shard, {.batch_size = 8, .seed = 1, .worker = 2});
  const List epoch_1 = visited_rows(first, 1);
  const List epoch_2 = visited_rows(first, 2);
  CHECK(epoch_1 != epoch_2);
  Batches again(shard, {.batch_size = 50, .seed = 1, .worker = 2, .epochs = 2});
  CHECK(visited_rows(again, 2) == epoch_2);  // a resumed run begins so
  again.start_epoch(1);
  for (int i = 0; i < 30; ++i) again.next();  // breaks off in a later window
  CHECK(visited_rows(again, 1) == epoch_1);
  CHECK(visited_rows(again, 2) == epoch_2);
  Batches other_seed(shard, {.seed = 2, .worker = 2});
  Batches other_worker(shard, {.seed = 1, .worker = 3});
  CHECK(visited_rows(other_seed, 1) != epoch_1);
  CHECK(visited_rows(other_worker, 1) != epoch_1);
  Batches three_times(shard, {.seed = 1, .worker = 2, .repeat = 2});
  List twice(epoch_1);
  twice.insert(twice.end(), epoch_2.begin(), epoch_2.end());
  CHECK(visited_rows(three_times, 1) == twice);
}

TEST_CASE("neighbours in the file are not neighbours in an epoch") {
  const test::TemporaryFolder folder;
  const StreamedShard shard(counting(folder), datasets::Rows::all(counted_rows), &streamed_classes,
                            {}, small_limit);
  Batches batches(shard, {.batch_size = 8});
  const List order = visited_rows(batches, 1);
  double distance = 0.0;
  double first_tenth = 0.0;
  for (std::size_t i = 1; i < order.size(); ++i) {
    distance += std::abs(static_cast<double>(order[i]) - static_cast<double>(order[i - 1]));
    if (i <= counted_rows / 10) first_tenth += static_cast<double>(order[i]);
  }
  CHECK(distance / static_cast<double>(counted_rows) >
        0.2 * counted_rows);  // a third, if all orders are as likely
  CHECK(first_tenth / (counted_rows / 10) > 0.25 * counted_rows);  // half
  CHECK(first_tenth / (counted_rows / 10) < 0.75 * counted_rows);
}

TEST_CASE("a limit too small for two blocks is refused with what would do") {
  const test::TemporaryFolder folder;
  const auto stream = [](const datasets::Dataset& dataset, std::uint64_t limit) {
    return StreamedShard(dataset, datasets::Rows::all(counted_rows), &streamed_classes, {}, limit);
  };
  const datasets::Dataset plain = counting(folder);
  CHECK_NOTHROW(stream(plain, 2 * 264));
  CHECK_FAILS(stream(plain, 2 * 264 - 1), ExitCode::bad_experiment,
              "is too small to stream it: single rows at a time");
  CHECK_FAILS(stream(plain, 0), ExitCode::bad_experiment, "which needs 528 B");
  const datasets::Dataset chunked = counting(folder, {.chunk_rows = 1000, .gzip = 1}, "chunks.h5");
  CHECK_NOTHROW(stream(chunked, 2 * 264'000));
  CHECK_FAILS(stream(chunked, 2 * 264'000 - 1), ExitCode::bad_experiment,
              "whole chunks at a time, 1,000 rows, are read");
}

TEST_CASE("what goes wrong in the thread reaches the consumer, with the row in its file") {
  const test::TemporaryFolder folder;
  const std::string path = folder.file("bad.h5");
  const auto epoch = [&](float last_feature, std::int32_t last_label, bool shuffle,
                         const transforms::Transforms& transforms = {}) {
    std::vector<float> features(64 * counted_rows, 1.0F);
    std::vector<std::int32_t> labels(counted_rows, 0);
    features[64 * (counted_rows - 1) + 3] = last_feature;
    labels[counted_rows - 1] = last_label;
    test_samples::write(path, 64, features, labels, {counted_rows});
    const StreamedShard shard(test_samples::open(path), datasets::Rows::all(counted_rows),
                              &streamed_classes, transforms, small_limit);
    Batches batches(shard, {.batch_size = 8, .shuffle = shuffle});
    batches.start_epoch(1);
    std::size_t samples = 0;
    while (const auto batch = batches.next()) samples += batch->samples;
    return samples;
  };
  const float nan = std::numeric_limits<float>::quiet_NaN();
  for (const bool shuffle : {false, true}) {
    CHECK(epoch(1.0F, 0, shuffle) == counted_rows);
    CHECK_FAILS(epoch(nan, 0, shuffle), ExitCode::bad_data,
                "bad.h5: data set 'features' has nan in row 4000, column 3");
    CHECK_FAILS(epoch(9.0F, 0, shuffle, transforms::Transforms().with_index_limit(9)),
                ExitCode::bad_data,
                "bad.h5: data set 'features', row 4000: 9 in column 3 is no index");
    CHECK_FAILS(epoch(1.0F, 3, shuffle), ExitCode::bad_data, "'label' has 3 in row 4000");
  }
}

TEST_CASE("a file that is cut while it is read is an error, not zeros") {
  const test::TemporaryFolder folder;
  const datasets::Dataset dataset = counting(folder);
  const StreamedShard shard(dataset, datasets::Rows::all(counted_rows), &streamed_classes, {},
                            small_limit);
  Batches batches(shard, {.batch_size = 8});
  visited_rows(batches, 1);
  std::filesystem::resize_file(dataset.path(), std::filesystem::file_size(dataset.path()) / 2);
  CHECK_FAILS(visited_rows(batches, 3), ExitCode::io_error, "has become shorter while it was read");
  CHECK_FAILS(batches.next(), ExitCode::io_error, "has become shorter");  // and nothing else after
}

TEST_CASE("a stream that is given up in the middle ends without waiting for its epoch") {
  const test::TemporaryFolder folder;
  const StreamedShard shard(counting(folder), datasets::Rows::all(counted_rows), &streamed_classes,
                            {}, small_limit);
  for (int batches_read = 0; batches_read < 20; ++batches_read) {
    Batches batches(shard, {.batch_size = 8});
    batches.start_epoch(1);
    for (int i = 0; i < batches_read; ++i) CHECK(batches.next());
  }
}

TEST_CASE("labels are counted without the features, and parts share the limit") {
  const test::TemporaryFolder folder;
  const StreamedShard shard(counting(folder), datasets::Rows::all(counted_rows), &streamed_classes,
                            {}, small_limit);
  CHECK(shard.class_counts() == std::vector<std::uint64_t>{1334, 1334, 1333});
  REQUIRE(shard.label_ranges().size() == 1);
  CHECK(shard.label_ranges()[0].low == 0.0);
  CHECK(shard.label_ranges()[0].high == 2.0);
  const auto part = shard.part_of({100, 400}, 4);
  Batches batches(*part, {.batch_size = 8});
  List expected;
  for (std::uint64_t row = 100; row < 400; ++row) expected.push_back(row);
  CHECK(sorted(visited_rows(batches, 1)) == expected);
  CHECK_FAILS(shard.part_of({0, counted_rows}, 1000), ExitCode::bad_experiment, "is too small");
}

}  // namespace tusk::samples
