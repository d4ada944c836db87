// SPDX-License-Identifier: Apache-2.0
// Rows that belong together go to one file.
#include <doctest/doctest.h>
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <map>
#include <set>
#include <span>
#include <string>
#include <vector>

#include "check_fails.hpp"
#include "data/convert/convert.hpp"
#include "data/hdf5/file.hpp"
#include "data/tables/group_key.hpp"
#include "temporary_folder.hpp"

namespace tusk::convert {
namespace {

constexpr int grouped_rows = 6000;

// Groups of 1 to 9 rows, in several stretches of the file.
int group_of(int row) { return (row * 7 % grouped_rows) / 5 * (row % 2 == 0 ? 1 : 3); }

// The groups of each file; checks that every row is there once, with its own group.
std::vector<std::vector<std::int64_t>> groups_of(const Conversion& done, auto expected) {
  std::vector<std::vector<std::int64_t>> all;
  std::set<float> numbers;
  bool right = true;
  for (const auto& [path, count] : done.files) {
    const hdf5::File file = hdf5::File::open(path);
    std::vector<float> features(count);
    std::vector<std::int64_t>& groups = all.emplace_back(count);
    file.dataset("features").read(0, std::span(features));
    file.dataset("group").read(0, std::span(groups));
    for (std::size_t i = 0; i < count; ++i) {
      right &= groups[i] == expected(static_cast<int>(features[i]));
      numbers.insert(features[i]);
    }
  }
  CHECK(right);
  CHECK(numbers.size() == grouped_rows);
  return all;
}

// In how many files each group is, at most.
std::size_t most_files(const std::vector<std::vector<std::int64_t>>& files) {
  std::map<std::int64_t, std::set<std::size_t>> where;
  for (std::size_t i = 0; i < files.size(); ++i) {
    for (const std::int64_t group : files[i]) where[group].insert(i);
  }
  std::size_t most = 0;
  for (const auto& [group, its] : where) most = std::max(most, its.size());
  return most;
}

bool is_near(std::size_t count, double fraction) {
  return std::abs(static_cast<double>(count) - fraction * grouped_rows) <= 9.0;
}

}  // namespace

TEST_CASE("no group is in two files, whose shares are right to a group; numbers and texts") {
  const test::TemporaryFolder folder;
  for (const bool texts : {false, true}) {
    CAPTURE(texts);
    const auto name = [&](int row) {
      return fmt::format("{}{}", texts ? "evt" : "", group_of(row));
    };
    std::string csv = "number,event,label\n";
    for (int row = 0; row < grouped_rows; ++row) {
      csv += fmt::format("{},{},{}\n", row, name(row), row % 3);
    }
    ConvertOptions options{.inputs = {folder.write("in.csv", csv)},
                           .columns = {.group = "event"},
                           .output = folder.file("out.h5"),
                           .overwrite = true};
    options.arrangement = {.split = parse_split("train=0.7,test=0.3"), .by_group = true, .seed = 2};
    const auto expected = [&](int row) { return *tables::group_key(name(row)); };
    const auto files = groups_of(convert(options), expected);
    CHECK(most_files(files) == 1);
    CHECK(is_near(files[0].size(), 0.7));
    options.arrangement.seed = 3;
    CHECK(groups_of(convert(options), expected)[0] != files[0]);

    options.arrangement.split = parse_split("5");
    options.arrangement.shuffle = true;
    const Conversion done = convert(options);
    CHECK(done.files[4].path == folder.file("out-fold5.h5"));
    const auto folds = groups_of(done, expected);
    CHECK(folds.size() == 5);
    CHECK(most_files(folds) == 1);
    for (const auto& fold : folds) CHECK(is_near(fold.size(), 0.2));

    options.arrangement = {};  // the column alone
    CHECK(groups_of(convert(options), expected).size() == 1);
  }
}

TEST_CASE("groups are whole numbers or texts, and there are enough for every file") {
  const test::TemporaryFolder folder;
  CHECK(tables::group_key("-12") == -12);
  CHECK(tables::group_key("9007199254740993") == 9007199254740993);
  CHECK(tables::group_key("12.0") == 12);
  CHECK_FALSE(tables::group_key("1.5"));
  CHECK_FALSE(tables::group_key("inf"));
  CHECK(*tables::group_key("a") != *tables::group_key("b"));
  CHECK(*tables::group_key("a") >= std::int64_t{1} << 62);

  ConvertOptions options{.inputs = {folder.write("in.csv", "x,g\n1,a\n2,a\n3,a\n")},
                         .columns = {.group = "g"},
                         .output = folder.file("out.h5")};
  options.arrangement = {.split = parse_split("2"), .by_group = true};
  CHECK_FAILS(convert(options), ExitCode::bad_data,
              "--split: part 'fold2' would have none of the 1 group");
  for (const char* cell : {"", "1.5", "nan"}) {
    CAPTURE(cell);
    folder.write("in.csv", fmt::format("x,g\n1,7\n2,{}\n", cell));
    CHECK_FAILS(
        convert(options), ExitCode::bad_data,
        fmt::format("in.csv, line 3: column 'g' holds \"{}\"; each row needs a whole number "
                    "or a text for its group",
                    cell));
  }
  options.csv.skip_bad_rows = true;
  folder.write("in.csv", "x,g\n1,7\n2,1.5\n3,8\n");
  const Conversion done = convert(options);
  CHECK(done.bad_rows.count == 1);
  CHECK(done.files[0].rows + done.files[1].rows == 2);
  options = {.inputs = {folder.file("in.csv")},
             .columns = {.group = "h"},
             .output = folder.file("other.h5")};
  CHECK_FAILS(convert(options), ExitCode::bad_data, "in.csv has no column 'h' among its 2");
  options.columns.group = "g";
  options.names.group = "features";
  CHECK_FAILS(convert(options), ExitCode::usage,
              "the features cannot be data set 'features' and the groups 'features'");
  for (const char* split : {"1", "101", "0"}) {
    CHECK_FAILS(parse_split(split), ExitCode::usage, "expected 2 to 100 equal parts");
  }
}

}  // namespace tusk::convert
