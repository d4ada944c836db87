// SPDX-License-Identifier: Apache-2.0
#include "data/datasets/draw_validation.hpp"

#include <doctest/doctest.h>
#include <fmt/format.h>

#include <cmath>
#include <limits>
#include <map>
#include <set>
#include <span>
#include <string>
#include <vector>

#include "check_fails.hpp"
#include "data/hdf5/file.hpp"
#include "temporary_folder.hpp"

namespace tusk::datasets {
namespace {

int number_of_files = 0;  // each stays open as long as its data set

template <typename T>
JoinedDataset numbers(const test::TemporaryFolder& folder, const std::vector<T>& values) {
  const std::string path = folder.file(fmt::format("numbers{}.h5", number_of_files++));
  hdf5::File file = hdf5::File::create(path);
  file.create_dataset("numbers", element_type<T>(), {values.size()})
      .write(0, std::span<const T>(values));
  file.close();
  return JoinedDataset({hdf5::File::open(path).dataset("numbers")});
}

Rows::List validation_of(const Split& split) {
  return split.validation_rows({0, split.validation_count()}).to_vector();
}

// Checks that every row validates in one of the folds, and trains in the others.
template <typename Make>
void check_folds(std::uint64_t rows, std::size_t folds, const Make& make) {
  std::vector<int> validated(rows, 0);
  for (std::size_t index = 1; index <= folds; ++index) {
    const Split split = make(ValidationShare{.fold = Fold{index, folds}, .seed = 3});
    CHECK(split.training_count() + split.validation_count() == rows);
    for (const std::uint64_t row : validation_of(split)) ++validated[row];
    const auto training = split.training_rows({0, split.training_count()}).to_vector();
    CHECK(std::set(training.begin(), training.end()).size() == training.size());
  }
  CHECK(validated == std::vector<int>(rows, 1));
}

}  // namespace

TEST_CASE("folds of rows are equal shares, each row in one of them") {
  check_folds(103, 5, [](const ValidationShare& share) {
    const Split split = split_rows(103, share);
    CHECK(split.validation_count() >= 20);
    CHECK(split.validation_count() <= 21);
    return split;
  });
  const ValidationShare second{.fold = Fold{2, 5}, .seed = 1};
  CHECK(validation_of(split_rows(50, second)) == validation_of(split_rows(50, second)));
  CHECK(validation_of(split_rows(50, second)) !=
        validation_of(split_rows(50, {.fold = Fold{2, 5}, .seed = 2})));
  const ValidationShare tenth{.fraction = 0.1, .seed = 1};
  CHECK(validation_of(split_rows(500, tenth)) == validation_of(Split(500, 0.1, 1)));  // as ever
  for (const std::size_t index : {1, 5}) {  // also those that would have a row
    CHECK_FAILS(split_rows(3, {.fold = Fold{index, 5}}), ExitCode::bad_data,
                "5 folds of 3 rows; each needs one at least");
  }
}

TEST_CASE("no group has rows on both sides, in shares and folds") {
  const test::TemporaryFolder folder;
  std::vector<std::int64_t> events;  // of 1 to 9 rows, not side by side
  for (std::int64_t i = 0; i < 2000; ++i) events.push_back(1'000'000'000'000'000'000 + i * i % 397);
  const JoinedDataset groups = numbers(folder, events);
  const auto check_sides = [&](const Split& split) {
    std::set<std::int64_t> validating;
    for (const std::uint64_t row : validation_of(split)) validating.insert(events[row]);
    const auto training = split.training_rows({0, split.training_count()}).to_vector();
    for (const std::uint64_t row : training) CHECK_FALSE(validating.contains(events[row]));
    return split;
  };
  for (const double fraction : {0.1, 0.3, 0.9}) {
    const Split split = check_sides(split_groups(groups, {.fraction = fraction, .seed = 4}));
    const auto count = static_cast<double>(split.validation_count());
    CHECK(std::abs(count - fraction * 2000) <= 6);
  }
  check_folds(2000, 4, [&](const ValidationShare& share) {
    const Split split = check_sides(split_groups(groups, share));
    CHECK(split.validation_count() > 480);
    CHECK(split.validation_count() < 520);
    return split;
  });
  CHECK_FAILS(split_groups(numbers(folder, std::vector<float>(10, 2.5F)), {.fraction = 0.2}),
              ExitCode::bad_data, "data.validation_group has too few groups for that");
  CHECK_FAILS(split_groups(numbers(folder, std::vector<int>{1, 1, 2, 2, 3}), {.fold = Fold{1, 4}}),
              ExitCode::bad_data, "4 folds of 3 groups; each needs one at least");
  const std::vector<double> nan{1.0, std::numeric_limits<double>::quiet_NaN()};
  CHECK_FAILS(split_groups(numbers(folder, nan), {.fraction = 0.5}), ExitCode::bad_data,
              "data set 'numbers' has nan in row 1, which says no group");
}

TEST_CASE("of every class the same share validates") {
  const test::TemporaryFolder folder;
  std::vector<std::uint8_t> labels(1000, 0);
  for (std::size_t i = 0; i < labels.size(); ++i) {
    if (i % 50 == 7) labels[i] = 1;  // 20
    if (i % 10 == 3) labels[i] = 4;  // 100
  }
  const JoinedDataset classes = numbers(folder, labels);
  const auto counts = [&](const Split& split) {
    std::map<int, int> found;
    for (const std::uint64_t row : validation_of(split)) ++found[labels[row]];
    return found;
  };
  CHECK(counts(split_classes(classes, {.fraction = 0.25, .seed = 9})) ==
        std::map<int, int>{{0, 220}, {1, 5}, {4, 25}});
  check_folds(1000, 4, [&](const ValidationShare& share) {
    const Split split = split_classes(classes, share);
    CHECK(counts(split) == std::map<int, int>{{0, 220}, {1, 5}, {4, 25}});
    return split;
  });
  std::vector<std::int32_t> many(1001);
  for (std::size_t i = 0; i < many.size(); ++i) many[i] = static_cast<std::int32_t>(i);
  CHECK_FAILS(split_classes(numbers(folder, many), {.fraction = 0.5}), ExitCode::bad_data,
              "the 1,001 different labels in data set 'numbers' are no classes");
  const std::vector<double> masses{91.2, 80.4, 125.1, 91.2};
  CHECK_FAILS(split_classes(numbers(folder, masses), {.fraction = 0.5}), ExitCode::bad_data,
              "the 3 different labels in data set 'numbers' are no classes");
}

TEST_CASE("a fold is written 2/5") {
  CHECK(parse_fold("2/5").index == 2);
  CHECK(parse_fold("10/10").of == 10);
  for (const char* wrong :
       {"", "2", "0/5", "6/5", "1/1", "2/5x", "2/", "/5", "-1/5", "a/b", "2 / 5"}) {
    CHECK_FAILS(parse_fold(wrong), ExitCode::bad_experiment, "expected \"1/5\" to \"5/5\"");
  }
}

}  // namespace tusk::datasets
