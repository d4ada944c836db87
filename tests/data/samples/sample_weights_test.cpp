// SPDX-License-Identifier: Apache-2.0
#include "data/samples/sample_weights.hpp"

#include <doctest/doctest.h>
#include <fmt/format.h>

#include <algorithm>
#include <cstdint>
#include <limits>
#include <memory>
#include <string>
#include <vector>

#include "check_fails.hpp"
#include "data/datasets/split.hpp"
#include "data/samples/batches.hpp"
#include "data/samples/load_samples.hpp"
#include "data/samples/row_stream.hpp"
#include "data/samples/sample_store.hpp"
#include "data/samples/streamed_shard.hpp"
#include "samples.hpp"
#include "temporary_folder.hpp"

namespace tusk::samples {
namespace {

constexpr std::uint64_t weighted_rows = 2003;
constexpr std::uint64_t limit_to_stream = 120'000;  // a fourth of what the rows take

const std::vector<double> of_classes{1.0, 0.5, 8.0};

double weight_of(std::uint64_t row) { return 0.1 * static_cast<double>(row) - 3.0; }

// Row i has the number i in its features, class i mod 3, and a weight that tells i.
datasets::Dataset open_weighted(const std::string& path, const hdf5::Storage& storage = {},
                                std::uint64_t count = weighted_rows, std::uint64_t first = 0) {
  std::vector<float> features(count * 64, 0.0F);
  std::vector<std::uint8_t> labels(count);
  std::vector<double> weights(count);
  for (std::uint64_t i = 0; i < count; ++i) {
    features[i * 64] = static_cast<float>(first + i);
    labels[i] = static_cast<std::uint8_t>((first + i) % 3);
    weights[i] = weight_of(first + i);
  }
  hdf5::File file = hdf5::File::create(path);
  file.create_dataset("features", ElementType::f32, {count, 64}, storage)
      .write(0, std::span<const float>(features));
  file.create_dataset("label", ElementType::u8, {count}, storage)
      .write(0, std::span<const std::uint8_t>(labels));
  hdf5::Storage other = storage;
  if (other.chunk_rows > 0) other.chunk_rows += 7;
  file.create_dataset("weight", ElementType::f64, {count}, other)
      .write(0, std::span<const double>(weights));
  file.close();
  return datasets::Dataset::open(path, {"features", "label", "weight"});
}

// The rows of an epoch, if each comes with its own label and weight.
std::vector<std::uint64_t> rows_of_epoch(Batches& batches, std::span<const double> class_weights) {
  std::vector<std::uint64_t> read;
  bool right = true;
  batches.start_epoch(1);
  while (const auto batch = batches.next()) {
    right &= batch->targets.weights.size() == batch->samples;
    for (std::size_t i = 0; i < batch->samples; ++i) {
      const auto row = static_cast<std::uint64_t>(batch->features(0, i));
      const double factor = class_weights.empty() ? 1.0 : class_weights[row % 3];
      right &= batch->targets.classes[i] == static_cast<std::int32_t>(row % 3);
      right &= batch->targets.weights[i] == weight_of(row) * factor;
      read.push_back(row);
    }
  }
  CHECK(right);
  std::ranges::sort(read);
  return read;
}

}  // namespace

TEST_CASE("every sample has its own weight, in memory and streamed, for any workers and chunks") {
  const test::TemporaryFolder folder;
  const datasets::Split split(weighted_rows, 0.1, 3);
  for (const hdf5::Storage& storage :
       {hdf5::Storage{}, {.chunk_rows = 10}, {.chunk_rows = 100, .gzip = 1}}) {
    const datasets::Dataset dataset = open_weighted(folder.file("data.h5"), storage);
    for (const std::vector<double>& class_weights : {std::vector<double>(), of_classes}) {
      const LabelFormat format{
          .kind = LabelFormat::Kind::classes, .width = 3, .class_weights = class_weights};
      for (const std::uint64_t limit : {limit_to_stream, std::uint64_t{1} << 30U}) {
        for (const std::size_t workers : {1, 2, 4}) {
          std::vector<std::uint64_t> all;
          for (std::size_t worker = 0; worker < workers; ++worker) {
            const auto shard = load_samples(dataset, split.shard_rows(worker, workers, "data.h5"),
                                            &format, {}, limit);
            CHECK((dynamic_cast<const StreamedShard*>(shard.get()) != nullptr) ==
                  (limit == limit_to_stream));
            Batches batches(*shard, {.batch_size = 32, .seed = 5, .repeat = 2});
            const auto rows = rows_of_epoch(batches, class_weights);
            for (std::size_t i = 0; i < rows.size(); i += 2) all.push_back(rows[i]);
          }
          CHECK(all == split.training_rows({0, split.training_count()}).to_vector());
        }
      }
      Batches in_order(std::make_unique<RowStream>(dataset, datasets::Block{0, weighted_rows},
                                                   &format, transforms::Transforms()),
                       32);
      CHECK(rows_of_epoch(in_order, class_weights).size() == weighted_rows);
    }
  }
}

TEST_CASE("rows of joined files keep their weights, and parts of a shard theirs") {
  const test::TemporaryFolder folder;
  open_weighted(folder.file("a.h5"), {}, 700);
  open_weighted(folder.file("b.h5"), {}, 800, 700);
  const datasets::Dataset dataset = datasets::Dataset::open(
      std::vector{folder.file("a.h5"), folder.file("b.h5")}, {"features", "label", "weight"});
  const LabelFormat format{.kind = LabelFormat::Kind::classes, .width = 3};
  for (const std::uint64_t limit : {limit_to_stream, std::uint64_t{1} << 30U}) {
    const auto shard = load_samples(dataset, datasets::Rows::all(1500), &format, {}, limit);
    const auto part = shard->part_of({600, 900}, 1);
    Batches batches(*part, {.batch_size = 7});
    const auto rows = rows_of_epoch(batches, {});
    CHECK(rows.size() == 300);
    CHECK(rows.front() == 600);
  }
}

TEST_CASE("without weights samples have none, and take no memory for them") {
  const test::TemporaryFolder folder;
  const datasets::Dataset dataset =
      test_samples::open(test_samples::write_counting(folder.file("data.h5"), 100));
  const LabelFormat format{.kind = LabelFormat::Kind::classes, .width = 3};
  const auto shard = load_samples(dataset, datasets::Rows::all(100), &format, {}, 1ULL << 30U);
  Batches batches(*shard, {.batch_size = 8});
  batches.start_epoch(1);
  CHECK(batches.next()->targets.weights.empty());
  CHECK(SampleLayout(dataset, &format, {}).sample_bytes() == 8 + 4 + 4);
  LabelFormat weighted = format;
  weighted.class_weights = of_classes;
  CHECK(SampleLayout(dataset, &weighted, {}).sample_bytes() == 8 + 4 + 8 + 4);
}

TEST_CASE("a weight that is not finite is an error with its row in its file") {
  const test::TemporaryFolder folder;
  open_weighted(folder.file("a.h5"), {}, 700);
  const LabelFormat format{.kind = LabelFormat::Kind::classes, .width = 3};
  for (const double bad :
       {std::numeric_limits<double>::quiet_NaN(), std::numeric_limits<double>::infinity()}) {
    {
      hdf5::File file = hdf5::File::create(folder.file("b.h5"));
      const std::vector<float> features(9 * 64, 0.0F);
      std::vector<double> weights(9, 1.0);
      weights[4] = bad;
      file.create_dataset("features", ElementType::f32, {9, 64}).write(0, std::span(features));
      file.create_dataset("label", ElementType::u8, {9});
      file.create_dataset("weight", ElementType::f64, {9})
          .write(0, std::span<const double>(weights));
      file.close();
    }
    const auto dataset = datasets::Dataset::open(
        std::vector{folder.file("a.h5"), folder.file("b.h5")}, {"features", "label", "weight"});
    const std::string expected =
        fmt::format("b.h5: data set 'weight' has {} in row 4; weights must be finite", bad);
    CHECK_FAILS(load_samples(dataset, datasets::Rows::all(709), &format, {}, 1ULL << 30U),
                ExitCode::bad_data, expected.c_str());
    const StreamedShard streamed(dataset, datasets::Rows::all(709), &format, {}, limit_to_stream);
    Batches batches(streamed, {.batch_size = 8});
    batches.start_epoch(1);
    const auto go_through = [&] {
      while (batches.next()) {
      }
      return 0;
    };
    CHECK_FAILS(go_through(), ExitCode::bad_data, expected.c_str());
  }
}

TEST_CASE("a label of values names a class as in Keras, and balanced classes weigh alike") {
  CHECK(class_of(std::vector<float>{0.5F}) == 0);
  CHECK(class_of(std::vector<float>{0.6F}) == 1);
  CHECK(class_of(std::vector<float>{0.1F, 0.7F, 0.7F}) == 1);
  const std::vector<double> weights = balanced_weights(std::vector<std::uint64_t>{60, 0, 20, 20});
  CHECK(weights[0] == doctest::Approx(100.0 / (3 * 60)));
  CHECK(weights[1] == 1.0);
  CHECK(weights[2] == doctest::Approx(100.0 / (3 * 20)));
  CHECK(60 * weights[0] + 20 * weights[2] + 20 * weights[3] == doctest::Approx(100.0));
}

}  // namespace tusk::samples
