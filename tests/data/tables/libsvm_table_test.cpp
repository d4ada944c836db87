// SPDX-License-Identifier: Apache-2.0
#include "data/tables/libsvm_table.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "check_fails.hpp"
#include "data/tables/input_format.hpp"
#include "data/tables/text_lines.hpp"
#include "gzip.hpp"
#include "temporary_folder.hpp"
#include "tusk/random.hpp"
#include "xz.hpp"

namespace tusk::tables {
namespace {

struct Content {
  std::vector<TableField> fields;
  std::vector<float> features;       // if they are f32
  std::vector<std::int32_t> labels;  // if they are i32
};

Content read(const std::vector<std::string>& paths, const LibsvmOptions& options = {}) {
  LibsvmTable table(paths, options);
  Content out{table.fields(), {}, {}};
  out.features.resize(table.rows() * out.fields[0].row_shape[0]);
  out.labels.resize(table.rows());
  const auto room_for = [&](std::size_t field, auto& values, ElementType narrow,
                            std::vector<std::byte>& other) {
    if (out.fields[field].type == narrow) return std::as_writable_bytes(std::span(values));
    other.resize(table.rows() * out.fields[field].row_bytes());
    return std::span(other);
  };
  std::vector<std::byte> other_features, other_labels;
  table.read_rows(0, table.rows(),
                  std::vector{room_for(0, out.features, ElementType::f32, other_features),
                              room_for(1, out.labels, ElementType::i32, other_labels)});
  return out;
}

Content read_text(const std::string& text, const LibsvmOptions& options = {}) {
  const test::TemporaryFolder folder;
  return read({folder.write("data.libsvm", text)}, options);
}

const std::string example =
    "# made by hand\n"
    "+1 1:0.5 3:-2 # the first\r\n"
    "\n"
    "-1\t2:1e2  4:nan\n"
    "-1\n"
    "1 4:7";

TEST_CASE("sparse rows become dense ones, plain and compressed") {
  const test::TemporaryFolder folder;
  for (const std::string& path :
       {folder.write("plain", example), test::write_gzip(folder.file("packed.gz"), example),
        test::write_xz(folder.file("packed.xz"), example)}) {
    const Content content = read({path});
    CHECK(content.fields[0].row_shape == Shape{4});
    CHECK(content.labels == std::vector<std::int32_t>{1, -1, -1, 1});
    const std::vector<float> expected{0.5F, 0, -2, 0, 0, 100, 0, 0, 0, 0, 0, 0, 0, 0, 0, 7};
    for (std::size_t i = 0; i < expected.size(); ++i) {
      CHECK((content.features[i] == expected[i] || (i == 7 && std::isnan(content.features[i]))));
    }
  }
  LibsvmTable table({folder.file("plain")}, {});
  std::vector<float> features(16);
  table.read_rows(0, 4, std::vector{std::as_writable_bytes(std::span(features)), {}});
  CHECK(table.missing_values() == 1);
}

TEST_CASE("the width may be given, indices begin at 0, and labels be texts or no integers") {
  CHECK(read_text(example, {.columns = 9}).fields[0].row_shape == Shape{9});
  CHECK_FAILS(read_text(example, {.columns = 3}), ExitCode::bad_data,
              "line 4: index 4 is above the limit of 3 features");
  const Content from_0 = read_text("1 0:5\n2 1:6\n", {.base = 0});
  CHECK(from_0.features == std::vector<float>{5, 0, 0, 6});
  const Content texts = read_text("cat 1:5\ndog 1:6\ncat 1:7\n");
  CHECK(texts.labels == std::vector<std::int32_t>{0, 1, 0});
  CHECK(texts.fields[1].class_names == std::vector<std::string>{"cat", "dog"});
  CHECK(read_text("0.5 1:1\n", {.type = ElementType::f64}).fields[1].type == ElementType::f64);
  CHECK_FAILS(read_text("1 1:1\n", {.columns = 0}), ExitCode::usage, "1 to 1,048,576");
  CHECK_FAILS(read_text("1 1:1\n", {.columns = 1 << 21}), ExitCode::usage, "1 to 1,048,576");
}

TEST_CASE("what is malformed is named with its line") {
  const auto fails = [](const std::string& line, const std::string& text) {
    CHECK_FAILS(read_text("1 1:1\n#\n" + line + "\n1 1:2\n"), ExitCode::bad_data,
                "data.libsvm, line 3: " + text);
  };
  fails("1 0:1", "an index is 0, but the format counts from 1");
  fails("1 2:1 2:1", "index 2 stands there twice");
  fails("1 3:1 2:1", "index 2 stands behind a larger one");
  fails("1 4000000000:1", "index 4000000000 is above the limit of 1,048,576");
  fails("1 18446744073709551616:1", "\"18446744073709551616:1\" is no pair");
  fails("1 -1:1", "\"-1:1\" is no pair index:value; a libsvm line is a label and such pairs (is");
  fails("1 1:", "\"1:\" is no pair");
  fails("1 1", "\"1\" is no pair");
  fails("1 :1", "\":1\" is no pair");
  fails("1 1:x", "\"1:x\" is no pair");
  fails("1 1 :1", "\"1\" is no pair");
  fails("1 1:1,2:1", "\"1:1,2:1\" is no pair");
  fails("1 qid:3 1:1", "\"qid:3\" is a query of a ranking");
  fails("1:1 2:1", "the line begins with \"1:1\" and not with a label");
  fails("1,2 1:1", "\"1,2\" are several labels");
  fails("x 1:1", "the label \"x\" is a text, but those above are numbers");
  fails("nan 1:1", "the label nan is not a finite number");
  fails("1 1:-1e39", "-1e+39 is too large for float32; '--type float64' keeps it");
  fails("1 1:-1e400", "the number of \"1:-1e400\" is too large for float64");
  CHECK_FAILS(read_text("# nothing\n"), ExitCode::bad_data, "holds no rows");
  CHECK_FAILS(read_text("1\n2\n"), ExitCode::bad_data, "labels and no features");
}

TEST_CASE("lines longer than the buffer are read, and one without end is refused") {
  const test::TemporaryFolder folder;
  std::string text = "\xEF\xBB\xBF";
  for (int row = 0; row < 3; ++row) {
    text += "1";
    for (int index = 1; index <= 300'000; ++index) text += " " + std::to_string(index) + ":2";
    text += "\n";
  }
  const Content content = read({folder.write("long", text)});
  CHECK(content.fields[0].row_shape == Shape{300'000});
  CHECK(std::ranges::all_of(content.features, [](float value) { return value == 2.0F; }));
  const std::string endless = std::string(70 << 20, ' ');
  CHECK_FAILS(read({test::write_xz(folder.file("endless"), "1 1:1\n" + endless)}),
              ExitCode::bad_data, "line 2: a line of more than 64 MiB");
}

// Rows of random length with comments and empty lines among them.
std::string random_text(std::size_t rows, Random& random) {
  std::string text;
  for (std::size_t row = 0; row < rows; ++row) {
    if (random.below(5) == 0)
      text += random.below(2) == 0 ? "\n" : "# " + std::string(50, 'x') + "\n";
    text += std::to_string(random.below(3));
    for (std::uint64_t index = 1 + random.below(4); index <= 40; index += 1 + random.below(9)) {
      text += " " + std::to_string(index) + ":" + std::to_string(random.below(1000));
    }
    text += random.below(2) == 0 ? "\n" : "\r\n";
  }
  return text;
}

TEST_CASE("who begins inside a line above 64 MiB says so, too") {
  const test::TemporaryFolder folder;
  const std::string path =
      folder.write("long.libsvm", std::string(std::size_t{66} << 20, 'x') + "\n1 1:1\n");
  TextLines lines(path);
  CHECK_FAILS(lines.go_to_line_behind(1), ExitCode::bad_data,
              "long.libsvm: a line of more than 64 MiB");
  lines.go_to_line_behind(std::size_t{60} << 20);
  CHECK(lines.next());
  CHECK(lines.line() == "1 1:1");
}

TEST_CASE("whole numbers that float32 rounds are counted in libsvm files") {
  const test::TemporaryFolder folder;
  const std::string path = folder.write("ids.libsvm", "1 1:16777217 2:16777216\n0 1:1600000001\n");
  for (const ElementType type : {ElementType::f32, ElementType::f64}) {
    LibsvmTable table({path}, {.type = type});
    std::vector<std::byte> features(2 * table.fields()[0].row_bytes());
    table.read_rows(0, 2, std::vector{std::span(features), std::span<std::byte>()});
    CHECK(table.rounded_values() == (type == ElementType::f32 ? 2 : 0));
  }
}

TEST_CASE("labels of a libsvm file that are no UTF-8 are refused with their line") {
  CHECK_FAILS(read_text("caf\xC3\xA9 1:1\ncaf\xE9 1:2\n"), ExitCode::bad_data,
              "line 2: the label \"caf\\xe9\" is not UTF-8");
}

TEST_CASE("any range of rows can be read, in any order, over several files") {
  const test::TemporaryFolder folder;
  Random random(3, Stream::shuffle);
  const std::vector<std::string> paths{
      folder.write("a", random_text(300, random)), folder.write("b", random_text(1, random)),
      test::write_gzip(folder.file("c"), random_text(200, random))};
  const Content all = read(paths);
  const std::size_t width = all.fields[0].row_shape[0];
  LibsvmTable table(paths, {});
  CHECK(table.rows() == 501);
  for (int round = 0; round < 200; ++round) {
    const std::uint64_t first = random.below(501);
    const std::uint64_t count = random.below(502 - first);
    std::vector<float> features(count * width, -1.0F);
    std::vector<std::int32_t> labels(count, -1);
    table.read_rows(first, count,
                    std::vector{std::as_writable_bytes(std::span(features)),
                                std::as_writable_bytes(std::span(labels))});
    CHECK(std::ranges::equal(features,
                             std::span(all.features).subspan(first * width, features.size())));
    CHECK(std::ranges::equal(labels, std::span(all.labels).subspan(first, count)));
  }
}

TEST_CASE("rows far behind one another are found by the marks between them") {
  const test::TemporaryFolder folder;
  std::string text;
  for (int row = 0; row < 300'000; ++row) {
    text += "1 1:" + std::to_string(row) + " 2:" + std::string(30, '0') + "\n";
  }
  LibsvmTable table({folder.write("large", text)}, {.type = ElementType::f64});
  for (const std::uint64_t row : {299'999, 0, 150'000, 149'999, 250'001, 100'000}) {
    std::vector<double> features(2);
    table.read_rows(row, 1, std::vector{std::as_writable_bytes(std::span(features)), {}});
    CHECK(features[0] == static_cast<double>(row));
  }
}

TEST_CASE("a file cut off or changed at any byte is read or refused, and nothing else happens") {
  const auto outcome = [](const std::string& text) {
    return test::outcome_of([&] { read_text(text, {.columns = 1000}); }).code;
  };
  for (std::size_t size = 0; size < example.size(); ++size) {
    CAPTURE(size);
    const ExitCode code = outcome(example.substr(0, size));
    CHECK((code == ExitCode::done || code == ExitCode::bad_data));
  }
  constexpr std::string_view alphabet = "0123456789:.+-e# \t\r\nqx\0";
  Random random(4, Stream::shuffle);
  for (int round = 0; round < 1000; ++round) {
    std::string text = example;
    for (std::uint64_t change = 1 + random.below(3); change-- > 0;) {
      text[random.below(text.size())] = alphabet[random.below(alphabet.size())];
    }
    CAPTURE(text);
    const ExitCode code = outcome(text);
    CHECK((code == ExitCode::done || code == ExitCode::bad_data));
  }
}

TEST_CASE("libsvm is told from CSV by its first line of more than a label") {
  const test::TemporaryFolder folder;
  const auto format = [&](const std::string& text) {
    return recognise_format(folder.write("data", text));
  };
  for (const char* text : {"1 1:2", "1 1:2\n", "# a: b, c\n\n-1\n+1 3:0.5 7:1e9 # x\nrest, of it",
                           "1 qid:1 1:2\n", "0.5\t1:1\n", "1 1:2\r\n1 1:3\r\n"}) {
    CAPTURE(text);
    CHECK(format(text) == InputFormat::libsvm);
  }
  CHECK(format("1 " + std::string(5000, ' ') + "1:2\n") == InputFormat::csv);  // unknown by then
  CHECK(format("1 1:2 " + std::string(5000, '3')) == InputFormat::libsvm);
  CHECK(format("\xEF\xBB\xBF"
               "1 1:2\n") == InputFormat::libsvm);
  for (const char* text : {"1\n2\n", "a,b\n1,2\n", "2020-01-01 10:30\n", "12 10:30:00,5\n",
                           "1 2 3\n", "cat 1:2\n", "label 1:2\n", "#\n", "1 1:2,3\n", "1;1:2\n"}) {
    CAPTURE(text);
    CHECK(format(text) == InputFormat::csv);
  }
}

TEST_CASE("a first line that is malformed libsvm makes a file libsvm, unless it is named CSV") {
  const test::TemporaryFolder folder;
  for (const char* text :
       {"1 1:x\n", "1 1:2 0.5", "+1 1:", "1 1: 2\n", "1 2:1e5.3 3:1\n", "1:2 2:3\n", "1:2",
        "1\n2 1:x\n", "cat 1:2 2:3\n", "1 a 7:1:2", "1 qid:x 1:"}) {
    CAPTURE(text);
    CHECK(recognise_format(folder.write("data", text)) == InputFormat::libsvm);
    CHECK(recognise_format(folder.write("data", text), true) == InputFormat::csv);
    CHECK(recognise_format(folder.write("data.csv", text)) == InputFormat::csv);
    CHECK(recognise_format(folder.write("a.b.TSV", text)) == InputFormat::csv);
    CHECK(recognise_format(test::write_gzip(folder.file("data.csv.gz"), text)) == InputFormat::csv);
  }
  for (const char* name :
       {"a.libsvm", "a.svm", "a.b.SVMlight", "a.svm.gz", "a.SVM.GZ", "a.libsvm.xz"}) {
    CAPTURE(name);
    CHECK(recognise_format(folder.write(name, "x y\n")) == InputFormat::libsvm);
    CHECK(recognise_format(folder.write(name, "\x93NUMPY\x01")) == InputFormat::npy);
  }
  CHECK(recognise_format(folder.write("a.csv", "1 1:2\n"), true) == InputFormat::libsvm);
}

}  // namespace
}  // namespace tusk::tables
