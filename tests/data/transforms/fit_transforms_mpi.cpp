// SPDX-License-Identifier: Apache-2.0
#include "data/transforms/fit_transforms.hpp"

#include <doctest/doctest.h>

#include <cmath>
#include <cstdint>
#include <limits>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "check_fails.hpp"
#include "data/datasets/split.hpp"
#include "data/hdf5/attributes.hpp"
#include "data/hdf5/file.hpp"
#include "data/samples/samples.hpp"
#include "data/transforms/fitting_samples.hpp"
#include "mpi/communicator.hpp"
#include "shared_folder.hpp"
#include "tusk/random.hpp"
#include "tusk/training_rows.hpp"
#include "tusk/transform.hpp"

namespace tusk::transforms {
namespace {

constexpr std::uint64_t rows = 5003;
constexpr std::uint64_t width = 3;

// Columns of very different sizes; the last has a few values only.
void write(const std::string& path, float bad_number) {
  std::vector<float> features(rows * width);
  Random random(1, Stream::initial_weights);
  for (std::uint64_t i = 0; i < rows; ++i) {
    features[i * width] = static_cast<float>(1e6 + random.normal());
    features[i * width + 1] = static_cast<float>(std::exp(10.0 * random.normal()));
    features[i * width + 2] = static_cast<float>(random.below(5));
  }
  features[(rows - 2) * width + 1] = bad_number;  // the last rank's
  samples::test_samples::write(path, width, features, std::vector<std::int32_t>(rows), {rows});
}

// What a transform from elsewhere may be: of a row's columns, in one pass, count, mean and Σ(x −
// mean)², and of these the numbers that it computes with.
class OwnStandard final : public Transform {
 public:
  static std::vector<double> learn(const TrainingRows& samples) {
    return samples.reduce(TrainingRows::Accept::finite, 3 * samples.width(), add, merge);
  }

  explicit OwnStandard(std::vector<double> learned) : learned_(std::move(learned)) {}

  std::size_t apply(std::span<double> buffer, std::size_t columns) const override {
    for (std::size_t i = 0; i < columns; ++i) {
      const double* const s = learned_.data() + 3 * i;
      buffer[i] = (buffer[i] - s[1]) * (1.0 / std::sqrt(s[2] / s[0])) + 0.0;
    }
    return columns;
  }
  std::string summary() const override { return "an own standard"; }

 private:
  static void add(std::span<const double> row, TrainingRows::State state) {
    for (std::size_t i = 0; i < row.size(); ++i) {
      double* const s = state.data() + 3 * i;
      const double delta = row[i] - s[1];
      s[0] += 1.0;
      s[1] += delta / s[0];
      s[2] += delta * (row[i] - s[1]);
    }
  }
  static void merge(TrainingRows::State state, std::span<const double> other) {
    for (std::size_t i = 0; i < state.size(); i += 3) {
      if (other[i] == 0.0) continue;
      const double total = state[i] + other[i];
      const double delta = other[i + 1] - state[i + 1];
      state[i + 1] += delta * (other[i] / total);
      state[i + 2] += other[i + 2] + delta * delta * (state[i] * other[i] / total);
      state[i] = total;
    }
  }

  std::vector<double> learned_;
};

datasets::Rows all_but_last() { return datasets::Rows::all(rows - 1); }

}  // namespace

TEST_CASE("what is learned does not depend on the number of ranks, not by one bit") {
  const auto world = mpi::Communicator::world();
  const test::SharedFolder folder(world);
  const std::string path = folder.file("data.h5");
  if (world.rank() == 0) write(path, 2.0F);
  world.barrier();
  const auto alone = world.split(world.rank(), 0);
  const datasets::Dataset data = samples::test_samples::open(path);
  const std::vector<TransformOptions> options{
      MissingTransform{.value = 3.0, .fill = Fill::mean},
      MissingTransform{.value = 4.0, .fill = Fill::median},
      OneHotTransform{.column = std::uint64_t{2}},
      StandardTransform{},
      MinmaxTransform{},
  };
  const auto together = fit_transforms(options, data, all_but_last(), world);
  CHECK(together.to_json() == fit_transforms(options, data, all_but_last(), alone).to_json());
  CHECK(together.output_shape({width}, path) == Shape{6});
}

TEST_CASE("a transform from elsewhere learns, on any number of ranks, and is applied as ours are") {
  const auto world = mpi::Communicator::world();
  const test::SharedFolder folder(world);
  const std::string path = folder.file("data.h5");
  if (world.rank() == 0) write(path, 2.0F);
  world.barrier();
  const datasets::Dataset data = samples::test_samples::open(path);
  const FittingSamples samples(data, all_but_last(), world);
  const Transforms own(
      {{"own>Standard", "{}", std::make_shared<OwnStandard>(OwnStandard::learn(samples))}},
      std::nullopt);
  const auto built_in = fit_transforms({StandardTransform{}}, data, all_but_last(), world);
  for (const std::uint64_t row : {0U, 7U, 4000U}) {
    std::vector<float> stored(width);
    data.features().read(row, std::span(stored));
    std::vector<float> mine(width);
    std::vector<float> ours(width);
    own.apply(stored, mine);
    built_in.apply(stored, ours);
    CHECK(mine == ours);
  }
  CHECK(own.summary() == std::vector<std::string>{"own>Standard: an own standard"});
}

TEST_CASE("fewer rows than ranks are enough to learn from") {
  const auto world = mpi::Communicator::world();
  const test::SharedFolder folder(world);
  const std::string path = folder.file("data.h5");
  if (world.rank() == 0) write(path, 2.0F);
  world.barrier();
  const datasets::Dataset data = samples::test_samples::open(path);
  const datasets::Rows one{7};
  const auto fitted = fit_transforms({StandardTransform{}}, data, one, world);
  std::vector<float> sample(width);
  data.features().read(7, std::span(sample));
  fitted.apply(sample, width);
  CHECK(sample == std::vector<float>{0, 0, 0});  // every column is constant
}

TEST_CASE("one rank's bad number is every rank's error, and nobody hangs") {
  const auto world = mpi::Communicator::world();
  const test::SharedFolder folder(world);
  const std::string path = folder.file("data.h5");
  if (world.rank() == 0) write(path, std::numeric_limits<float>::quiet_NaN());
  world.barrier();
  const datasets::Dataset data = samples::test_samples::open(path);
  const auto fit = [&](const std::vector<TransformOptions>& options) {
    return fit_transforms(options, data, all_but_last(), world);
  };
  for (const std::vector<TransformOptions>& options :
       {std::vector<TransformOptions>{StandardTransform{}},
        {MinmaxTransform{}},
        {OneHotTransform{.column = std::uint64_t{1}}}}) {
    CHECK_FAILS(fit(options), ExitCode::bad_data,
                "row 5001, of which data.transforms.0 (" + type_of(options.front()) +
                    ") is to learn: nan in column 1");
  }
  CHECK_NOTHROW(fit({StandardTransform{.columns = {{std::uint64_t{0}}}}}));
  CHECK_NOTHROW(fit({MissingTransform{}, StandardTransform{}}));
  CHECK_FAILS(fit({MissingTransform{}, OneHotTransform{.column = std::uint64_t{1}}}),
              ExitCode::bad_experiment,
              "'data.transforms.1.column' (one_hot): has more than 1,000 different values");
  CHECK_FAILS(fit({ClipTransform{.low = 0.0, .columns = {{std::string("x")}}}}),
              ExitCode::bad_experiment, "have no names, so 'x' is none of them");
}

TEST_CASE("a positive class that no training row has is an error, on whichever rank its rows are") {
  const auto world = mpi::Communicator::world();
  const test::SharedFolder folder(world);
  const std::string path = folder.file("data.h5");
  constexpr std::uint64_t count = 40;
  if (world.rank() == 0) {
    std::vector<std::int32_t> labels(count);
    for (std::uint64_t i = 0; i < count; ++i) labels[i] = static_cast<std::int32_t>(i % 15);
    labels[count - 1] = 99;
    samples::test_samples::write(path, 1, std::vector<float>(count), labels, {count});
  }
  world.barrier();
  const datasets::Dataset data = samples::test_samples::open(path);
  const auto fit = [&](std::uint64_t positive, const datasets::Rows& rows) {
    return fit_transforms({StandardTransform{}, BinaryLabelTransform{.positive = positive}}, data,
                          rows, world);
  };
  CHECK_FAILS(fit(99, datasets::Rows::all(count - 1)), ExitCode::bad_experiment,
              "key 'data.transforms.1.positive' (binary_label): none of the 39 training rows has "
              "label 99: theirs are 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, …");
  CHECK_FAILS(fit(0, datasets::Rows{3, 18, 19}), ExitCode::bad_experiment,
              "has label 0: theirs are 3, 4");
  CHECK_FAILS(fit((std::uint64_t{1} << 53) + 1, datasets::Rows::all(count)),
              ExitCode::bad_experiment,
              "labels above 9007199254740992 are not told apart, but it is 9007199254740993");
  CHECK(fit(99, datasets::Rows::all(count)).positive_label() == 99.0);
  CHECK(fit(0, datasets::Rows{15, 16}).positive_label() == 0.0);
}

TEST_CASE("a name that several columns have is none") {
  const auto world = mpi::Communicator::world();
  const test::SharedFolder folder(world);
  const std::string path = folder.file("data.h5");
  if (world.rank() == 0) {
    write(path, 0.0F);
    hdf5::File file = hdf5::File::update(path);
    hdf5::write_attribute(file, "features", "column_names", std::vector<std::string>(width, "x"));
  }
  world.barrier();
  const datasets::Dataset data = samples::test_samples::open(path);
  CHECK_FAILS(fit_transforms({ClipTransform{.low = 0.0, .columns = {{std::string("x")}}}}, data,
                             all_but_last(), world),
              ExitCode::bad_experiment, "has several columns called 'x'; give the column's number");
}

}  // namespace tusk::transforms
