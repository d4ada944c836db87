// SPDX-License-Identifier: Apache-2.0
#include "data/convert/arrangement.hpp"

#include <doctest/doctest.h>
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <numeric>
#include <span>
#include <string>
#include <vector>

#include "check_fails.hpp"
#include "data/convert/convert.hpp"
#include "data/hdf5/file.hpp"
#include "temporary_folder.hpp"

namespace tusk::convert {
namespace {

// Rows of a number of their own, and a class: row i has class of(i).
struct Rows {
  std::vector<float> numbers;
  std::vector<std::int32_t> classes;
};

constexpr int rows = 9000;

// Class 0 is most common, class 4 is one row in a hundred.
int class_of(int row) {
  const int place = row * 37 % 100;
  return place < 1 ? 4 : place < 10 ? 3 : place < 25 ? 2 : place < 50 ? 1 : 0;
}

class Bench {
 public:
  Bench() {
    std::string text = "number,label\n";
    for (int row = 0; row < rows; ++row) text += fmt::format("{},{}\n", row, class_of(row));
    input_ = folder_.write("in.csv", text);
  }

  // The rows of each file.
  std::vector<Rows> convert(const Arrangement& arrangement,
                            const hdf5::Storage& storage = {}) const {
    std::vector<Rows> files;
    const Conversion done = convert::convert({.inputs = {input_},
                                              .output = folder_.file("out.h5"),
                                              .overwrite = true,
                                              .storage = storage,
                                              .arrangement = arrangement});
    for (const auto& [path, count] : done.files) {
      const hdf5::File file = hdf5::File::open(path);
      Rows& rows_read = files.emplace_back();
      rows_read.numbers.resize(count);
      rows_read.classes.resize(count);
      file.dataset("features").read(0, std::span(rows_read.numbers));
      file.dataset("label").read(0, std::span(rows_read.classes));
    }
    return files;
  }

 private:
  test::TemporaryFolder folder_;
  std::string input_;
};

bool labels_match(const Rows& file) {
  for (std::size_t i = 0; i < file.numbers.size(); ++i) {
    if (file.classes[i] != class_of(static_cast<int>(file.numbers[i]))) return false;
  }
  return true;
}

// How often each number of the input occurs.
std::vector<int> occurrences(const std::vector<Rows>& files) {
  std::vector<int> counts(rows, 0);
  for (const Rows& file : files) {
    for (const float number : file.numbers) ++counts[static_cast<std::size_t>(number)];
  }
  return counts;
}

const std::vector<SplitPart> three_parts{{"train", 0.7}, {"validate", 0.1}, {"test", 0.2}};

TEST_CASE("shuffled rows are the rows, whole, in another order that the seed gives") {
  const Bench bench;
  const auto once = bench.convert({.shuffle = true, .seed = 1});
  CHECK(occurrences(once) == std::vector<int>(rows, 1));
  CHECK(labels_match(once[0]));
  CHECK_FALSE(std::ranges::is_sorted(once[0].numbers));
  CHECK((bench.convert({.shuffle = true, .seed = 1})[0].numbers == once[0].numbers));
  CHECK((bench.convert({.shuffle = true, .seed = 2})[0].numbers != once[0].numbers));
}

TEST_CASE("a split gives each row to one file, in proportion and in the order of the input") {
  const Bench bench;
  const auto files = bench.convert({.split = three_parts, .seed = 3});
  CHECK(occurrences(files) == std::vector<int>(rows, 1));
  CHECK(files[0].numbers.size() == 6300);
  CHECK(files[1].numbers.size() == 900);
  CHECK(files[2].numbers.size() == 1800);
  for (const Rows& file : files) {
    CHECK(labels_match(file));
    CHECK(std::ranges::is_sorted(file.numbers));
    // The rows come from everywhere: their mean is the input's, within four standard errors.
    const double count = static_cast<double>(file.numbers.size());
    const double mean = std::accumulate(file.numbers.begin(), file.numbers.end(), 0.0) / count;
    CHECK(std::abs(mean - rows / 2.0) < 4 * rows / std::sqrt(12 * count));
  }
  CHECK((bench.convert({.split = three_parts, .seed = 4})[1].numbers != files[1].numbers));
}

TEST_CASE("a stratified split has every class in proportion, to within one row") {
  const Bench bench;
  for (const bool shuffle : {false, true}) {
    CAPTURE(shuffle);
    const auto files =
        bench.convert({.split = three_parts, .stratify = true, .shuffle = shuffle, .seed = 5});
    CHECK(occurrences(files) == std::vector<int>(rows, 1));
    for (std::size_t part = 0; part < files.size(); ++part) {
      CHECK(labels_match(files[part]));
      const double fraction = three_parts[part].fraction;
      CHECK(std::abs(static_cast<double>(files[part].numbers.size()) - fraction * rows) <= 1);
      for (int label = 0; label < 5; ++label) {
        int all = 0;
        for (int row = 0; row < rows; ++row) all += class_of(row) == label ? 1 : 0;
        const auto here = static_cast<double>(std::ranges::count(files[part].classes, label));
        CHECK(std::abs(here - fraction * all) <= 1);
      }
      CHECK(std::ranges::is_sorted(files[part].numbers) == !shuffle);
    }
  }
}

TEST_CASE("repeated rows come so often, and never in two files") {
  const Bench bench;
  const auto in_order = bench.convert({.repeat = 3});
  CHECK(in_order[0].numbers.size() == 3 * rows);
  bool repeats = true;
  for (std::size_t i = 0; i < 3 * rows; ++i) {
    repeats = repeats && in_order[0].numbers[i] == static_cast<float>(i % rows);
  }
  CHECK(repeats);

  const auto files =
      bench.convert({.split = three_parts, .stratify = true, .shuffle = true, .repeat = 3});
  CHECK(occurrences(files) == std::vector<int>(rows, 3));
  std::vector<int> files_with(rows, 0);
  for (const Rows& file : files) {
    const auto counts = occurrences({file});
    for (std::size_t i = 0; i < rows; ++i) files_with[i] += counts[i] > 0 ? 1 : 0;
  }
  CHECK(files_with == std::vector<int>(rows, 1));
}

TEST_CASE("chunks and compression change how the rows lie, and nothing else") {
  const Bench bench;
  const Arrangement shuffled{.split = three_parts, .shuffle = true};
  const auto plain = bench.convert(shuffled);
  for (const hdf5::Storage& storage : {hdf5::Storage{.chunk_rows = 128}, hdf5::Storage{.gzip = 1},
                                       hdf5::Storage{.chunk_rows = 100'000, .gzip = 9}}) {
    const auto files = bench.convert(shuffled, storage);
    for (std::size_t part = 0; part < files.size(); ++part) {
      CHECK((files[part].numbers == plain[part].numbers));
      CHECK((files[part].classes == plain[part].classes));
    }
  }
}

TEST_CASE("what cannot be split or stratified is refused") {
  const Bench bench;
  const test::TemporaryFolder folder;
  const std::string few = folder.write("few.csv", "x,label\n1,0.5\n2,1\n3,1\n");
  const auto convert_few = [&](const Arrangement& arrangement) {
    convert({.inputs = {few}, .output = folder.file("few.h5"), .arrangement = arrangement});
  };
  CHECK_FAILS(convert_few({.split = three_parts, .stratify = true}), ExitCode::usage,
              "--stratify needs labels that are classes");
  CHECK_FAILS(convert_few({.split = {{"a", 0.99}, {"b", 0.01}}}), ExitCode::bad_data,
              "part 'b' would have none of the 3 rows");

  for (const auto* text : {"", "a", "a=1", "a=0.5", "a=0.5,b", "a=0.5,b=0.6", "a=0.5,a=0.5",
                           "a=0.5,b=0.5x", "a=0.5,,b=0.5", "=0.5,b=0.5", "a/b=0.5,b=0.5",
                           "a=-0.5,b=1.5", "a=nan,b=0.5", "a=0.5,b=0.5,"}) {
    CAPTURE(text);
    CHECK_FAILS(parse_split(text), ExitCode::usage, "--split: ");
  }
  CHECK(parse_split("a=0.3,b=0.3,c=0.4").size() == 3);
  CHECK(path_of_part("data/higgs.h5", "train") == "data/higgs-train.h5");
  CHECK(path_of_part("higgs", "train") == "higgs-train");
  CHECK(path_of_part("a.b/higgs.v1.h5", "x") == "a.b/higgs.v1-x.h5");
}

}  // namespace
}  // namespace tusk::convert
