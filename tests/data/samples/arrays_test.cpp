// SPDX-License-Identifier: Apache-2.0
// Samples of several arrays: each sample once an epoch, its rows of all arrays together.
#include <doctest/doctest.h>

#include <algorithm>
#include <cstdint>
#include <limits>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "allocation_counter.hpp"
#include "check_fails.hpp"
#include "data/datasets/dataset.hpp"
#include "data/datasets/split.hpp"
#include "data/hdf5/file.hpp"
#include "data/samples/batches.hpp"
#include "data/samples/load_samples.hpp"
#include "data/samples/partitions.hpp"
#include "data/samples/row_stream.hpp"
#include "data/samples/shard.hpp"
#include "temporary_folder.hpp"

namespace tusk::samples {
namespace {

constexpr std::uint64_t array_rows = 1003;
constexpr std::uint64_t tight_limit = 20'000;  // a third of what the rows take
const std::vector<std::string> array_names{"parts/floats", "ids", "bytes"};

template <typename T, typename Number>
void write_array(hdf5::File& file, const std::string& name, std::uint64_t width, Number number,
                 std::uint64_t begin, std::uint64_t end, const hdf5::Storage& storage = {}) {
  std::vector<T> values;
  for (std::uint64_t row = begin; row < end; ++row) {
    for (std::uint64_t i = 0; i < width; ++i) values.push_back(static_cast<T>(number(row, i)));
  }
  file.create_dataset(name, element_type<T>(), {end - begin, width}, storage)
      .write(0, std::span<const T>(values));
}

// Rows [begin, end) of the data: every array tells its row, in chunks of its own.
std::string write_arrays(const std::string& path, std::uint64_t begin, std::uint64_t end) {
  hdf5::File file = hdf5::File::create(path);
  const auto row_number = [](std::uint64_t row, std::uint64_t i) { return row + i; };
  write_array<float>(file, "parts/floats", 4, row_number, begin, end, {.chunk_rows = 50});
  write_array<std::int64_t>(file, "ids", 2, row_number, begin, end, {.chunk_rows = 7, .gzip = 1});
  write_array<std::uint8_t>(
      file, "bytes", 3, [](std::uint64_t row, std::uint64_t i) { return (row + i) % 256; }, begin,
      end);
  write_array<float>(file, "target", 2, row_number, begin, end, {.chunk_rows = 11});
  std::vector<std::int32_t> kinds;
  std::vector<double> weights;
  for (std::uint64_t row = begin; row < end; ++row) {
    kinds.push_back(static_cast<std::int32_t>(row % 5));
    weights.push_back(0.5 * static_cast<double>(row));
  }
  file.create_dataset("kind", ElementType::i32, {end - begin})
      .write(0, std::span<const std::int32_t>(kinds));
  file.create_dataset("weight", ElementType::f64, {end - begin})
      .write(0, std::span<const double>(weights));
  return path;
}

datasets::Dataset open_arrays(const FileList& files) {
  return datasets::Dataset::open(files, {.features = array_names,
                                         .label = std::vector<std::string>{"kind", "target"},
                                         .weight = std::vector<std::string>{"", "weight"}});
}

const LabelFormats array_formats(std::vector<LabelFormat>{
    {.kind = LabelFormat::Kind::classes, .width = 5, .class_weights = {1, 2, 3, 4, 5}},
    {.kind = LabelFormat::Kind::values, .width = 2}});

// Halves the second array, which is kept as the file has it up to then.
transforms::ArrayTransforms halving() {
  std::vector<transforms::Transforms> each(3);
  each[1] = transforms::Transforms::from_json(
      R"([{"type": "scale", "factor": 0.5, "offset": 0.0}])", "test", {});
  return each;
}

// Checks that sample `i` of a batch is of one row in all arrays, and returns the row.
std::uint64_t row_of(const Batch& batch, std::size_t i, bool& right) {
  const auto row = static_cast<std::uint64_t>(batch.inputs[0](0, i));
  const auto number = static_cast<float>(row);
  for (std::size_t k = 0; k < 4; ++k) {
    right &= batch.inputs[0](k, i) == number + static_cast<float>(k);
  }
  right &= batch.inputs[1](0, i) == number / 2 && batch.inputs[1](1, i) == (number + 1) / 2;
  right &= batch.inputs[2](2, i) == static_cast<float>((row + 2) % 256);
  const Targets& kind = batch.labels[0];
  const Targets& target = batch.labels[1];
  right &= kind.classes[i] == static_cast<std::int32_t>(row % 5);
  right &= kind.weights[i] == static_cast<double>(row % 5 + 1);
  right &= target.values(0, i) == number && target.values(1, i) == number + 1;
  right &= target.weights[i] == 0.5 * static_cast<double>(row);
  return row;
}

// How often each row came in an epoch.
void count_rows(Batches& batches, std::uint64_t epoch, std::vector<int>& times) {
  bool right = true;
  batches.start_epoch(epoch);
  while (const auto batch = batches.next()) {
    for (std::size_t i = 0; i < batch->samples; ++i) ++times[row_of(*batch, i, right)];
  }
  CHECK(right);
}

}  // namespace

TEST_CASE("every row comes once an epoch, all its arrays together, to one worker of several") {
  const test::TemporaryFolder folder;
  const std::vector<std::string> parts{write_arrays(folder.file("a.h5"), 0, 400),
                                       write_arrays(folder.file("b.h5"), 400, array_rows)};
  const std::string whole = write_arrays(folder.file("whole.h5"), 0, array_rows);
  const datasets::Split split(array_rows);
  for (const FileList& files : {FileList(whole), FileList(parts)}) {
    const datasets::Dataset dataset = open_arrays(files);
    for (const std::uint64_t limit : {std::uint64_t{1} << 30U, tight_limit}) {
      for (const std::size_t workers : {1U, 2U, 4U}) {
        for (const std::size_t repeat : {1U, 3U}) {
          std::vector<int> times(array_rows, 0);
          for (std::size_t worker = 0; worker < workers; ++worker) {
            const auto samples = load_samples(dataset, split.shard_rows(worker, workers, "data"),
                                              array_formats, halving(), limit / workers);
            Batches batches(*samples, {.batch_size = 17,
                                       .worker = static_cast<std::uint32_t>(worker),
                                       .repeat = repeat,
                                       .epochs = 2});
            count_rows(batches, 1, times);
            count_rows(batches, 2, times);
          }
          CHECK(times == std::vector<int>(array_rows, static_cast<int>(2 * repeat)));
        }
      }
    }
  }
}

TEST_CASE("partitions and streams of rows have all arrays of a row, too") {
  const test::TemporaryFolder folder;
  const datasets::Dataset dataset = open_arrays(write_arrays(folder.file("a.h5"), 0, array_rows));
  const Partitions partitions(dataset, datasets::Split(array_rows), 5, array_formats, halving(),
                              tight_limit / 2);
  std::vector<int> times(array_rows, 0);
  for (std::size_t i = 0; i < partitions.count(); ++i) {
    const auto samples = partitions.read(i);
    Batches batches(*samples, {.batch_size = 10, .epochs = 1});
    count_rows(batches, 1, times);
  }
  CHECK(times == std::vector<int>(array_rows, 1));
  Batches rows(
      std::make_unique<RowStream>(dataset, datasets::Block{100, 900}, array_formats, halving()),
      64);
  count_rows(rows, 1, times);
  for (std::uint64_t row = 0; row < array_rows; ++row) {
    CHECK(times[row] == (row >= 100 && row < 900 ? 2 : 1));
  }
}

TEST_CASE("batches of several arrays allocate nothing, and bytes stay bytes in memory") {
  const test::TemporaryFolder folder;
  const datasets::Dataset dataset = open_arrays(write_arrays(folder.file("a.h5"), 0, array_rows));
  const Shard shard =
      Shard::read(dataset, datasets::Rows::all(array_rows), array_formats, halving());
  // 4 floats, 2 identifiers of 64 bits, 3 bytes; a class and two values, each with a weight.
  CHECK(shard.bytes() == array_rows * (16 + 16 + 3 + 4 + 8 + 8 + 8));
  Batches batches(shard, {.batch_size = 8});
  batches.start_epoch(1);
  const std::size_t before = allocations;
  float sum = 0.0F;
  while (const auto batch = batches.next()) sum += batch->inputs[2](0, 0);
  CHECK(allocations == before);
  CHECK(sum > 0.0F);
}

TEST_CASE("arrays of other lengths are refused by both names") {
  const test::TemporaryFolder folder;
  {
    hdf5::File file = hdf5::File::create(folder.file("b.h5"));
    write_array<float>(
        file, "x", 2, [](auto row, auto) { return row; }, 0, 10);
    write_array<float>(
        file, "y", 2, [](auto row, auto) { return row; }, 0, 9);
    file.close();
  }
  CHECK_FAILS(datasets::Dataset::open(folder.file("b.h5"),
                                      {.features = std::vector<std::string>{"x", "y"}}),
              ExitCode::bad_data, "data set 'y' has 9 rows, but 'x' has 10");
}

}  // namespace tusk::samples
