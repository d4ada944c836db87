// SPDX-License-Identifier: Apache-2.0
#include "data/csv/csv_table.hpp"

#include <doctest/doctest.h>
#include <fmt/format.h>

#include <cmath>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "check_fails.hpp"
#include "data/csv/read_csv.hpp"
#include "gzip.hpp"
#include "temporary_folder.hpp"
#include "tusk/random.hpp"

namespace tusk::csv {
namespace {

using namespace test_csv;

TEST_CASE("numbers become features, the column called label the label") {
  const Content content = read_text("x,Label,y\n1,0,2.5\n3,1,-4\n5,1,6e-3\n");
  CHECK(content.rows == 3);
  CHECK(content.fields[0].row_shape == Shape{2});
  CHECK(content.fields[0].column_names == Names{"x", "y"});
  CHECK(content.features == std::vector<float>{1, 2.5F, 3, -4, 5, 6e-3F});
  CHECK(content.fields[1].type == ElementType::i32);
  CHECK(content.fields[1].class_names.empty());
  CHECK(content.label == std::vector<std::int32_t>{0, 1, 1});
}

TEST_CASE("without a header columns go by their numbers") {
  const Content content = read_text("7,1,2\n8,3,4\n", {}, label_is("0"));
  CHECK(content.fields[0].column_names.empty());
  CHECK(content.features == std::vector<float>{1, 2, 3, 4});
  CHECK(content.label == std::vector<std::int32_t>{7, 8});
}

TEST_CASE("a header is found, or taken or not as the user says") {
  CsvOptions present;
  present.header = CsvOptions::Header::present;
  CsvOptions absent;
  absent.header = CsvOptions::Header::absent;
  CHECK(read_text("a,b\n1,2\n").rows == 1);
  CHECK(read_text("1,2\n3,4\n").rows == 2);
  CHECK(read_text("1,2,s\n3,4,b\n", {}, label_is("2")).rows == 2);
  CHECK(read_text("0,1\n1,2\n", present).rows == 1);
  CHECK(read_text("0,1\n1,2\n", present).fields[0].column_names == Names{"0", "1"});
  CHECK_FAILS(read_text("a,b\n1,2\n", absent), ExitCode::bad_data,
              "line 1: column '0' holds \"a\"");
}

TEST_CASE("texts are classes in the order of their names") {
  const Content content = read_text("x,kind\n1, s\n2,b\n3,\"s\"\n", {}, label_is("kind"));
  CHECK(content.fields[1].class_names == Names{"b", "s"});
  CHECK(content.label == std::vector<std::int32_t>{1, 0, 1});
}

TEST_CASE("the labels' type follows from their values") {
  const auto type = [](const std::string& labels, ElementType number) {
    const test::TemporaryFolder folder;
    CsvOptions options;
    options.type = number;
    return CsvTable({folder.write("a.csv", labels)}, options, label_is("0")).fields()[1].type;
  };
  CHECK(type("1.000000e+00,1\n0.0,1\n", ElementType::f32) == ElementType::i32);
  CHECK(type("-3,1\n", ElementType::f32) == ElementType::i32);
  CHECK(type("3000000000,1\n", ElementType::f32) == ElementType::i64);
  CHECK(type("1e300,1\n", ElementType::f64) == ElementType::f64);
  CHECK(type("0.5,1\n1,1\n", ElementType::f32) == ElementType::f32);
  CHECK(type("0.5,1\n1,1\n", ElementType::f64) == ElementType::f64);
}

TEST_CASE("dropped columns may hold anything; empty cells are NaN and counted") {
  const Content content = read_text("id,x,y,note\nq,1,,?\n,2,nan,\n", {}, {.drop = {"id", "3"}});
  CHECK(content.fields[0].column_names == Names{"x", "y"});
  CHECK(content.features[0] == 1);
  CHECK(std::isnan(content.features[1]));
  CHECK(content.features[2] == 2);
  CHECK(std::isnan(content.features[3]));
  CHECK(content.missing == 2);
}

TEST_CASE("columns are taken in the order asked for, the label from among the rest") {
  const Content content = read_text("a,b,c,label\n1,2,3,0\n4,5,6,1\n", {}, {.columns = {"c", "0"}});
  CHECK(content.fields[0].column_names == Names{"c", "a"});
  CHECK(content.features == std::vector<float>{3, 1, 6, 4});
  CHECK(content.label == std::vector<std::int32_t>{0, 1});
  CHECK(read_text("a,label\n1,2\n", {}, {.columns = {"label"}}).fields.size() == 1);
}

TEST_CASE("categories become indices in the order of their texts, and keep their names") {
  const Content content = read_text("x,color,y\n1,red,2\n3,\" blue\",4\n5,,6\n7,red,8\n",
                                    {.categories = {"color"}}, {.columns = {"color", "y"}});
  CHECK(content.fields[0].categories.at(0) == Names{"blue", "red"});
  CHECK(content.features[0] == 1);
  CHECK(content.features[2] == 0);
  CHECK(std::isnan(content.features[4]));
  CHECK(content.features[6] == 1);
  CHECK(content.missing == 1);
  CHECK_FAILS(read_text("a,b\n1,2\n", {.categories = {"b"}}, {.drop = {"b"}}), ExitCode::usage,
              "'b' is to be categories, but is no feature");
}

TEST_CASE("texts may stand for missing values, numbers may not be split") {
  const Content content = read_text("a,b\n?,1\n2, NA \n3,4\n", {.missing = {"?", "NA"}});
  CHECK(content.missing == 2);
  CHECK(std::isnan(content.features[0]));
  CHECK(std::isnan(content.features[3]));
  for (const char delimiter : {'.', '1', 'e', '-', '"', '\n'}) {
    CHECK_FAILS(read_text("a\n", {.delimiter = delimiter}), ExitCode::usage, "cannot separate");
  }
}

TEST_CASE("a number that stands for missing values is one however it is written, but a label") {
  const Content content =
      read_text("x,y,label\n-999,\"-999.0\",0\n-9.99e2,-998,-999\n", {.missing = {"-999"}});
  CHECK(content.missing == 3);
  CHECK(content.features[3] == -998);
  CHECK(content.label == std::vector<std::int32_t>{0, -999});
}

TEST_CASE("a text that stands for missing values is no class") {
  const std::string text = "x,label\n1,NA\n2,b\n3, NA\n4,a\n";
  CHECK_FAILS(read_text(text, {.missing = {"NA"}}), ExitCode::bad_data,
              "line 2: the label \"NA\" stands for a missing value");
  const Content content = read_text(text, {.missing = {"NA"}, .skip_bad_rows = true});
  CHECK(content.fields[1].class_names == Names{"a", "b"});
  CHECK(content.features == std::vector<float>{2, 4});
}

TEST_CASE("a number too large for the type is an error, an infinity that says so is none") {
  const Content content = read_text("x,y\ninf,-Infinity\n3.4e38,1e-60\n");
  CHECK(std::isinf(content.features[0]));
  CHECK(content.features[1] == -INFINITY);
  CHECK(content.features[3] == 0);
  CHECK_FAILS(
      read_text("x,y\n1,2\n3,1e39\n"), ExitCode::bad_data,
      "line 3: column 'y' holds \"1e39\", which is too large for float32; '--type float64'");
  CHECK_FAILS(read_text("x,y\n1,2\n\"-1e39\",1\n"), ExitCode::bad_data, "line 3: column 'x' holds");
  CHECK_FAILS(read_text("x,y\n1,1e400\n"), ExitCode::bad_data, "too large for float64");
  CHECK_FAILS(read_text("x,y\n1,1e400\n", {.type = ElementType::f64}), ExitCode::bad_data,
              "too large for float64");
  CHECK_FAILS(read_text("x,label\n1,0.5\n1,1e39\n"), ExitCode::bad_data,
              "line 3: the label 1e39 is too large for float32");
  CHECK_FAILS(read_text("x,label\n1,0.5\n1,1e400\n", {.type = ElementType::f64}),
              ExitCode::bad_data, "line 3: the label 1e400 is too large for float64");
  CHECK(read_text("x\n1\n1e39\n", {.skip_bad_rows = true}).rows == 1);
}

TEST_CASE("bad rows are left out if the user says so, and the first is described") {
  const test::TemporaryFolder folder;
  const std::string text =
      "a,b,label\n1,2,x\n3\n4,oops,y\n5,6,\n7,8,9\n\"9\"z,1,x\n10,11,z\n12,13,x,1\n";
  CsvTable table({folder.write("data.csv", text)}, {.skip_bad_rows = true}, {});
  CHECK(table.bad_rows().count == 6);
  CHECK(table.bad_rows().first.ends_with("data.csv, line 3: 1 columns, but the first row has 3"));
  const Content content = read(table);
  CHECK(content.features == std::vector<float>{1, 2, 10, 11});
  CHECK(content.fields[1].class_names == Names{"x", "z"});  // y is in a bad row only
  CHECK(content.label == std::vector<std::int32_t>{0, 1});
  CHECK_FAILS(read_text("a\nx\ny\n", {.skip_bad_rows = true}), ExitCode::bad_data,
              "holds no row that is well formed; the first bad one: ");
}

TEST_CASE("any rows can be read, in any order, and labels alone") {
  std::string text = "a,label\n";
  for (int row = 0; row < 1'000'000; ++row) text += fmt::format("{},{}\n", row, row % 10);
  const test::TemporaryFolder folder;
  CsvTable table({folder.write("1.csv", text), folder.write("2.csv", "a,label\n1000000,0\n")}, {},
                 {});
  for (const int first : {999'990, 0, 500'000, 500'010, 499'999, 3, 999'991}) {
    std::vector<float> features(10);
    std::vector<std::int32_t> labels(10);
    std::vector<std::span<std::byte>> out{std::as_writable_bytes(std::span(features)),
                                          std::as_writable_bytes(std::span(labels))};
    table.read_rows(static_cast<std::uint64_t>(first), 10, out);
    CHECK(features[9] == static_cast<float>(first + 9));
    CHECK(labels[9] == (first + 9) % 10);
    out[0] = {};
    labels.assign(10, -1);
    table.read_rows(static_cast<std::uint64_t>(first), 10, out);
    CHECK(labels[0] == first % 10);
  }
}

TEST_CASE("a gzipped CSV file of many blocks reads like the plain one") {
  std::string text = "a,b,label\n";
  std::vector<float> features;
  for (int row = 0; row < 5000; ++row) {
    text += std::to_string(row) + "," + std::to_string(row * 0.25) + ",c" +
            std::to_string(row % 3) + "\r\n";
    features.push_back(static_cast<float>(row));
    features.push_back(static_cast<float>(row) * 0.25F);
  }
  const test::TemporaryFolder folder;
  CsvTable table({test::write_gzip(folder.file("data.csv.gz"), text)}, {}, {});
  const Content content = read(table, 777);
  CHECK((content.features == features));
  CHECK(content.label[4999] == 4999 % 3);
}

TEST_CASE("a malformed row is an error with file and line") {
  const auto fails = [](const std::string& text, const std::string& message,
                        const tables::ColumnChoice& choice = {}) {
    CHECK_FAILS(read_text(text, {}, choice), ExitCode::bad_data, message);
  };
  fails("a,b\n1,2\n3\n", "data.csv, line 3: 1 columns, but the first row has 2");
  fails("a,b\n1,2\n3,4,5\n", "line 3: 3 columns");
  fails("a,b\n1,2\n\n\n3,oops\n", "line 5: column 'b' holds \"oops\"");
  fails("a,b\n\"1\n\",2\n", "holds \"1\\n\"");
  fails("a,b\n1,\n", "line 2: the label is empty", label_is("b"));
  fails("a,b\n1,x\n1,2\n", "line 3: the label \"2\" is a number", label_is("b"));
  fails("a,b\n1,2\n1,x\n", "line 3: the label \"x\" is a text", label_is("b"));
  fails("a,b\n1,nan\n", "the label nan is not a finite number", label_is("b"));
}

TEST_CASE("a file with any bytes changed is read or refused, and nothing else happens") {
  const std::string whole = "a,\"b\",label\r\n1,\"2\",x\r\n-3e5,,\"y\"\"\"\n";
  constexpr std::string_view alphabet = "\",\r\n1ae+-. \0\xEF";
  Random random(5, Stream::shuffle);
  for (int round = 0; round < 5000; ++round) {
    std::string text = whole;
    for (std::uint64_t change = 1 + random.below(3); change-- > 0;) {
      text[random.below(text.size())] = alphabet[random.below(alphabet.size())];
    }
    CAPTURE(text);
    const ExitCode code = test::outcome_of([&] { read_text(text); }).code;
    CHECK((code == ExitCode::done || code == ExitCode::bad_data));
  }
}

TEST_CASE("files without rows or features, and columns that are not there") {
  CHECK_FAILS(read_text(""), ExitCode::bad_data, "holds no rows");
  CHECK_FAILS(read_text("a,b\n"), ExitCode::bad_data, "no rows below its header");
  CHECK_FAILS(read_text("1\n2\n", {}, label_is("0")), ExitCode::bad_data,
              "none is left for the features");
  CHECK_FAILS(read_text("weight,b\n1,2\n", {}, label_is("wieght")), ExitCode::bad_data,
              "no column 'wieght' among its 2; did you mean 'weight'?");
  CHECK_FAILS(read_text("1,2\n", {}, label_is("2")), ExitCode::bad_data, "no column '2'");
  CHECK_FAILS(read_text("a,a\n1,2\n", {}, label_is("a")), ExitCode::bad_data,
              "several columns called 'a'");
  CHECK_FAILS(read_text("a,b\n1,2\n", {}, {.label = "b", .drop = {"b"}}), ExitCode::usage,
              "to be the label and to be dropped");
  CHECK_FAILS(read_text("a,b\n1,2\n", {}, {.columns = {"b", "1"}}), ExitCode::usage, "given twice");
}

TEST_CASE("a text column with a name of its own in every row is no label") {
  std::string text = "x,id\n";
  for (int row = 0; row < 70'000; ++row) text += "1,n" + std::to_string(row) + "\n";
  CHECK_FAILS(read_text(text, {}, label_is("id")), ExitCode::bad_data,
              "line 65538: more than 65,536");
}

}  // namespace
TEST_CASE("a column of weights is an array of its own, with every digit") {
  const test::TemporaryFolder folder;
  const std::string path =
      folder.write("data.csv", "a,w,label,b\n1,0.1,s,2\n3,-2.5,b,4\n5, 1e-3 ,s,6\n");
  const auto read_weights = [&](const tables::ColumnChoice& choice) {
    CsvTable table({path}, {}, choice);
    const std::size_t last = table.fields().size() - 1;
    CHECK(table.fields()[last].name == "weight");
    CHECK(table.fields()[last].role == tables::FieldRole::weights);
    CHECK(table.fields()[last].type == ElementType::f64);
    for (const std::string& name : table.fields()[0].column_names) CHECK(name != choice.weight);
    std::vector<double> weights(3);
    std::vector<std::span<std::byte>> out(last + 1);
    out[last] = std::as_writable_bytes(std::span(weights));
    table.read_rows(0, 3, out);
    return weights;
  };
  CHECK(read_weights({.weight = "w"}) == std::vector{0.1, -2.5, 1e-3});
  CHECK(read_weights({.weight = "1", .columns = {"a"}, .drop = {"label"}}) ==
        std::vector{0.1, -2.5, 1e-3});
  CHECK_FAILS(
      read_weights({.weight = "label"}), ExitCode::bad_data,
      "data.csv, line 2: column 'label' holds \"s\"; each row needs a number for its weight");
  CHECK_FAILS(read_weights({.weight = "w", .drop = {"w"}}), ExitCode::usage,
              "column 'w' is to be the weight and to be dropped");
  folder.write("data.csv", "a,w\n1,0.5\n2,\n3,nan\n4,2\n");
  CHECK_FAILS(read_weights({.weight = "w"}), ExitCode::bad_data,
              "data.csv, line 3: column 'w' holds");
  CsvTable skipping({path}, {.skip_bad_rows = true}, {.weight = "w"});
  CHECK(skipping.rows() == 2);
  CHECK(skipping.bad_rows().count == 2);
}

}  // namespace tusk::csv
