// SPDX-License-Identifier: Apache-2.0
// What transforms see of rows in a type that float32 does not hold: all of their digits, whichever
// way the rows come to the model.
#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <string>
#include <vector>

#include "check_fails.hpp"
#include "data/samples/batches.hpp"
#include "data/samples/load_samples.hpp"
#include "data/samples/row_stream.hpp"
#include "data/samples/shard.hpp"
#include "data/samples/streamed_shard.hpp"
#include "data/transforms/fit_transforms.hpp"
#include "mpi/communicator.hpp"
#include "samples.hpp"
#include "temporary_folder.hpp"

namespace tusk::samples {
namespace {

constexpr std::uint64_t times = 600;

// Rows (first + i, i mod 7) of type T, and label i ≥ times / 2.
template <typename T>
datasets::Dataset write_times(const std::string& path, T first, const hdf5::Storage& storage = {}) {
  std::vector<T> features;
  std::vector<std::uint8_t> labels;
  for (std::uint64_t i = 0; i < times; ++i) {
    features.push_back(static_cast<T>(first + static_cast<T>(i)));
    features.push_back(static_cast<T>(i % 7));
    labels.push_back(i >= times / 2 ? 1 : 0);
  }
  test_samples::write(path, 2, features, labels, {times}, storage);
  return test_samples::open(path);
}

// The first feature of every sample of an epoch in order.
std::vector<float> first_features(std::unique_ptr<SampleStream> stream) {
  Batches batches(std::move(stream), 32);
  std::vector<float> all;
  batches.start_epoch(1);
  while (const auto batch = batches.next()) {
    for (std::size_t i = 0; i < batch->samples; ++i) all.push_back(batch->features(0, i));
  }
  return all;
}

const LabelFormat of_times{.kind = LabelFormat::Kind::classes, .width = 2};

transforms::Transforms fit_times(const std::vector<TransformOptions>& steps,
                                 const datasets::Dataset& data) {
  return transforms::fit_transforms(steps, data, datasets::Rows::all(data.rows()),
                                    mpi::Communicator::world());
}

// (i − mean) / σ of 0 … times − 1, as float32 has it.
std::vector<float> standard_times() {
  const double mean = (static_cast<double>(times) - 1.0) / 2.0;
  const double deviation = std::sqrt((static_cast<double>(times) * times - 1.0) / 12.0);
  std::vector<float> all;
  for (std::uint64_t i = 0; i < times; ++i) {
    all.push_back(static_cast<float>((static_cast<double>(i) - mean) / deviation));
  }
  return all;
}

void check_close(const std::vector<float>& seen, const std::vector<float>& expected) {
  CHECK(seen.size() == expected.size());
  if (seen.size() != expected.size()) return;
  double worst = 0.0;
  for (std::size_t i = 0; i < seen.size(); ++i) {
    worst = std::max(worst, std::abs(double{seen[i]} - double{expected[i]}));
  }
  CHECK(worst < 1e-6);
}

// In memory, streamed, and in a file's order for an evaluation.
void check_everywhere(const datasets::Dataset& data, const std::vector<TransformOptions>& steps,
                      const std::vector<float>& expected) {
  const transforms::Transforms fitted = fit_times(steps, data);
  const auto all = datasets::Rows::all(data.rows());
  const SampleOrder in_order{.shuffle = false};
  const Shard shard = Shard::read(data, all, &of_times, fitted);
  const std::vector<float> in_memory = first_features(shard.stream(in_order));
  check_close(in_memory, expected);
  const StreamedShard streamed(data, all, &of_times, fitted, 8'000);
  CHECK(first_features(streamed.stream(in_order)) == in_memory);
  CHECK(first_features(std::make_unique<RowStream>(data, datasets::Block{0, data.rows()}, &of_times,
                                                   fitted)) == in_memory);
}

}  // namespace

TEST_CASE_TEMPLATE("time stamps keep their digits up to the step that needs them", T, double,
                   std::int32_t, std::uint32_t, std::int64_t, std::uint64_t) {
  const test::TemporaryFolder folder;
  for (const hdf5::Storage& storage : {hdf5::Storage{}, {.chunk_rows = 50, .gzip = 1}}) {
    const auto data = write_times<T>(folder.file(storage.gzip > 0 ? "gzip.h5" : "plain.h5"),
                                     T{1'600'000'000}, storage);
    check_everywhere(data, {StandardTransform{}}, standard_times());
    check_everywhere(data,
                     {MissingTransform{.value = -999.0, .fill = Fill::median}, StandardTransform{}},
                     standard_times());
    check_everywhere(data, {ScaleTransform{.offset = -1.6e9}, StandardTransform{}},
                     standard_times());
    check_everywhere(data, {ClipTransform{.low = 0.0, .high = 1.6e9 + 1e6}, StandardTransform{}},
                     standard_times());
  }
}

TEST_CASE("rows with gaps between them are transformed as they are read") {
  const test::TemporaryFolder folder;
  const auto data = write_times<double>(folder.file("data.h5"), 1'600'000'000.0);
  const auto fitted = fit_times({StandardTransform{}}, data);
  const std::vector<float> all = standard_times();
  const Shard shard = Shard::read(data, {3, 3, 5, 6, 599}, &of_times, fitted);
  check_close(first_features(shard.stream({.shuffle = false})),
              {all[3], all[3], all[5], all[6], all[599]});
}

TEST_CASE("64-bit integers beyond 2^53 are the nearest doubles") {
  const test::TemporaryFolder folder;
  constexpr std::int64_t first = (std::int64_t{1} << 60) + 1;  // doubles are 256 apart
  const auto data = write_times<std::int64_t>(folder.file("large.h5"), first);
  const auto fitted = fit_times({MinmaxTransform{}}, data);
  const Shard shard = Shard::read(data, datasets::Rows::all(times), &of_times, fitted);
  const std::vector<float> seen = first_features(shard.stream({.shuffle = false}));
  for (std::uint64_t i = 0; i < times; ++i) {
    const auto stored = static_cast<double>(first + static_cast<std::int64_t>(i));
    CHECK(seen[i] == static_cast<float>((stored - 0x1.0p60) / 512.0));
  }
}

TEST_CASE("a type that float32 holds is treated as it always was") {
  const test::TemporaryFolder folder;
  const auto floats = write_times<float>(folder.file("float.h5"), 10.0F);
  const auto bytes = write_times<std::int16_t>(folder.file("int16.h5"), 10);
  const auto doubles = write_times<double>(folder.file("double.h5"), 10.0);
  const std::vector<TransformOptions> steps{LogTransform{}, StandardTransform{}};
  CHECK(fit_times(steps, floats).to_json() == fit_times(steps, bytes).to_json());
  CHECK(fit_times(steps, floats).precision() == transforms::Precision::float32);
  CHECK(fit_times(steps, doubles).precision() == transforms::Precision::float64);
  CHECK(fit_times({}, doubles).to_json() == "[]");
}

TEST_CASE(
    "doubles that are transformed when they are read take the memory of the model's samples") {
  const test::TemporaryFolder folder;
  const auto data = write_times<double>(folder.file("data.h5"), 0.0);
  const auto all = datasets::Rows::all(times);
  const auto standard = fit_times({StandardTransform{}}, data);
  const auto wide = fit_times({OneHotTransform{.column = std::uint64_t{1}}}, data);
  const auto bytes = [&](const transforms::Transforms& fitted) {
    return Shard::read(data, all, nullptr, fitted).bytes();
  };
  CHECK(bytes({}) == times * 2 * sizeof(float));
  CHECK(bytes(standard) == times * 2 * sizeof(float));
  CHECK(bytes(wide) == times * 8 * sizeof(float));
  const std::uint64_t limit = times * (2 * sizeof(float) + sizeof(std::uint32_t));
  CHECK(fits_memory(data, times, nullptr, standard, limit));
  CHECK_FALSE(fits_memory(data, times, nullptr, wide, limit));
}

TEST_CASE("a number that a step does not take is told with all its digits") {
  const test::TemporaryFolder folder;
  const auto data = write_times<double>(folder.file("data.h5"), 1'600'000'000.25);
  const auto fitted = fit_times({LogTransform{.offset = -1'600'000'100.0}}, data);
  const std::string part =
      "row 0: transform 0 (log) takes numbers above 1.6e+09, but column 0 has 1600000000.25";
  CHECK_FAILS(Shard::read(data, datasets::Rows::all(times), &of_times, fitted), ExitCode::bad_data,
              part);
  const StreamedShard streamed(data, datasets::Rows::all(times), &of_times, fitted, 8'000);
  CHECK_FAILS(first_features(streamed.stream({.shuffle = false})), ExitCode::bad_data, part);
}

}  // namespace tusk::samples
