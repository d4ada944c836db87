// SPDX-License-Identifier: Apache-2.0
// Files that others write: blanks between the columns, other encodings, other numbers.
#include <doctest/doctest.h>

#include <cmath>
#include <string>
#include <vector>

#include "check_fails.hpp"
#include "data/csv/read_csv.hpp"

namespace tusk::csv {
namespace {

using namespace test_csv;

const CsvOptions blanks{.delimiter = ' '};

std::vector<double> doubles_of(const std::string& text, CsvOptions options) {
  const test::TemporaryFolder folder;
  options.type = ElementType::f64;
  CsvTable table({folder.write("data.csv", text)}, options, {});
  std::vector<double> all(table.rows() * table.fields()[0].row_shape.elements());
  table.read_rows(0, table.rows(), std::vector{std::as_writable_bytes(std::span(all))});
  return all;
}

void check_advice(const std::string& text, const std::string& advice,
                  const tables::ColumnChoice& choice = {}) {
  CAPTURE(text);
  CHECK_FAILS(read_text(text, {}, choice), ExitCode::bad_data, advice);
}

}  // namespace

TEST_CASE("any number of blanks is one delimiter, and none at the ends of a line") {
  const Content content = read_text("a  b   label\n1  2   0\n3   4  1", blanks);
  CHECK(content.features == std::vector<float>{1, 2, 3, 4});
  CHECK(content.label == std::vector<std::int32_t>{0, 1});
  CHECK(content.missing == 0);
  CHECK(read_text("  1.5\t 2 0 \r\n \t \n\n\t3 4\t1\t\r\n", blanks).features ==
        std::vector<float>{1.5, 2, 0, 3, 4, 1});
  const Content quoted =
      read_text("\"a  b\" \t\"c\"\"  d\"  kind\n1 2 \"x  y\"\n  3 \"4\"   \"z\n\t z\"\n5 6 it\"s\n",
                blanks, label_is("kind"));
  CHECK(quoted.fields[0].column_names == Names{"a  b", "c\"  d"});
  CHECK(quoted.fields[1].class_names == Names{"it\"s", "x  y", "z\n\t z"});
  CHECK(quoted.features == std::vector<float>{1, 2, 3, 4, 5, 6});
  CHECK_FAILS(read_text("a b\n1 2 3\n", blanks), ExitCode::bad_data, "line 2: 3 columns");
}

TEST_CASE("an error in a file of blanks names the line, wherever it is read") {
  std::string text = "a   b\n";
  for (int row = 0; row < 1000; ++row) text += " 1 \t 2 \n";
  CHECK_FAILS(read_text(text + "3  x\n", blanks), ExitCode::bad_data, "line 1002: column 'b'");
}

TEST_CASE("texts that are not UTF-8 are refused with their line, and read as latin-1") {
  const CsvOptions latin{.encoding = tables::Encoding::latin1};
  const CsvOptions latin_categories{.encoding = tables::Encoding::latin1, .categories = {"x"}};
  const std::string classes = "x,kind\n1,caf\xE9\n2,caf\xE8\n";
  CHECK_FAILS(read_text(classes, {}, label_is("kind")), ExitCode::bad_data,
              "line 2: column 'kind' holds \"caf\\xe9\", which is not UTF-8; '--encoding latin-1'");
  CHECK(read_text(classes, latin, label_is("kind")).fields[1].class_names ==
        Names{"caf\u00E8", "caf\u00E9"});
  const std::string category = "x,y\ncaf\xE9,1\ncaf\xE8,2\n";
  CHECK_FAILS(read_text(category, {.categories = {"x"}}), ExitCode::bad_data, "line 2: column 'x'");
  CHECK(read_text(category, latin_categories).fields[0].categories.at(0) ==
        Names{"caf\u00E8", "caf\u00E9"});
  const std::string names = "\n\xC4,y\n1,2\n";
  CHECK_FAILS(read_text(names), ExitCode::bad_data, "line 2: the name of column 0, ");
  CHECK(read_text(names, latin).fields[0].column_names == Names{"\u00C4", "y"});
  CHECK_FAILS(read_text("x,kind\n1,\x80uro\n", latin, label_is("kind")), ExitCode::bad_data,
              "stand for no character in ISO 8859-1");
  CHECK(read_text("x,kind\n1,\u20AC\n", {}, label_is("kind")).fields[1].class_names ==
        Names{"\u20AC"});
  CHECK(read_text("x\n\xB7\n1\n", {.encoding = tables::Encoding::latin1, .missing = {"\u00B7"}})
            .missing == 1);
}

TEST_CASE("numbers are read as the user says that they are written") {
  using tables::NumberNotation;
  const auto all = [](const std::string& text, const NumberNotation& notation) {
    return doubles_of(text, {.delimiter = ';', .notation = notation});
  };
  using Doubles = std::vector<double>;
  CHECK(all("a;b\n1,5;-2\n +3,25e1 ;,5\n", {.decimal = ','}) == Doubles{1.5, -2, 32.5, 0.5});
  CHECK(all("a;b\n1.234,5;1.234.567\n", {.decimal = ',', .thousands = '.'}) ==
        Doubles{1234.5, 1234567});
  CHECK(all("a;b\n1,234.5;\"12,345\"\n", {.thousands = ','}) == Doubles{1234.5, 12345});
  CHECK(all("a;b\n1.5D+05;1.5+105\n-2d-3;1e3\n", {.fortran = true}) ==
        Doubles{1.5e5, 1.5e105, -2e-3, 1e3});
  CHECK(all("a;b\nTrue;false\nFALSE;3\n", {.booleans = true}) == Doubles{1, 0, 0, 3});
  CHECK(std::isinf(all("a;b\ninf;1,5\n", {.decimal = ','})[0]));
  for (const char* text : {"a;b\n1;2.5\n", "a;b\n1;1,2,3\n", "a;b\n1;-\n", "a;b\n1;1,5e\n"}) {
    CHECK_FAILS(all(text, {.decimal = ','}), ExitCode::bad_data, "line 2: column 'b'");
  }
  for (const char* text :
       {"a;b\n1;1,23\n", "a;b\n1;1234,567\n", "a;b\n1;,123\n", "a;b\n1;1,2345\n"}) {
    CHECK_FAILS(all(text, {.thousands = ','}), ExitCode::bad_data, "line 2: column 'b'");
  }
  for (const NumberNotation& wrong : {NumberNotation{.decimal = ';'},
                                      {.thousands = '.'},
                                      {.decimal = ',', .thousands = ','},
                                      {.thousands = '1'}}) {
    CHECK_FAILS(all("a;b\n1;2\n", wrong), ExitCode::usage, "--decimal is a point or a comma");
  }
}

TEST_CASE("labels are numbers in the file's notation, and classes otherwise") {
  const CsvOptions comma{.delimiter = ';', .notation = {.decimal = ','}};
  const Content content = read_text("a;label\n1,5;3\n2;1e0\n", comma);
  CHECK(content.label == std::vector<std::int32_t>{3, 1});
  CHECK(read_text("a;label\n1;0,5\n", comma).fields[1].type == ElementType::f32);
  CHECK_FAILS(read_text("a;label\n1;0.5\n", comma), ExitCode::bad_data,
              "line 2: the label \"0.5\" is no number as this file is said to write them");
  CHECK(read_text("a;label\n1;b\n2;s\n", comma).fields[1].class_names == Names{"b", "s"});
  const CsvOptions booleans{.notation = {.booleans = true}};
  CHECK(read_text("a,label\nTrue,True\n", booleans).fields[1].class_names == Names{"True"});
  CHECK_FAILS(read_text("a;label\n1;0,5\n2;1,5\n", {.delimiter = ';'}), ExitCode::bad_data,
              "the labels in column 'label' look like numbers, \"1,5\" for example: '--decimal ,' "
              "reads them so, and '--categories label' takes them for names of classes");
  CHECK(read_text("a;label\n1;0,5\n2;1,5\n", {.delimiter = ';', .categories = {"label"}})
            .fields[1]
            .class_names == Names{"0,5", "1,5"});
}

TEST_CASE("dates and times become seconds since 1970") {
  CHECK(doubles_of(
            "when,x\n2020-09-13,1\n2020-09-13T12:26:40Z,2\n\"2020-09-13 14:26:40.25+02:00\",3\n"
            "1969-12-31T23:59,4\n2020-02-29,5\n,6\n",
            {.times = {"when"}, .missing = {"?"}})
            .size() == 12);
  const std::vector<double> seen = doubles_of(
      "when\n2020-09-13\n2020-09-13T12:26:40Z\n2020-09-13 14:26:40.25+02:00\n1969-12-31T23:59\n"
      "2020-02-29T00:00:00-0530\n",
      {.times = {"when"}});
  CHECK(seen == std::vector<double>{1599955200, 1600000000, 1600000000.25, -60, 1582954200});
  for (const char* wrong : {"2019-02-29", "2020-13-01", "2020-1-1", "2020-01-01T24:00", "12", "x",
                            "2020-01-01T10", "2020-01-01T10:00:61", "2020-01-01T10:00:00 +1"}) {
    CHECK_FAILS(doubles_of(std::string("when\n") + wrong + "\n", {.times = {"when"}}),
                ExitCode::bad_data, "which is not a date or time");
  }
  CHECK_FAILS(read_text("a,b\n1,2\n", {.categories = {"a"}, .times = {"a"}}), ExitCode::usage,
              "to be categories and to be times");
}

TEST_CASE("the advice on a cell that is no number fits the cell") {
  check_advice("a;b;label\n1;2;0\n", "'--delimiter ;'");
  check_advice("a\tb\n1\t2\n", "'--delimiter tab'");
  check_advice("a  b\n1  2\n", "'--delimiter \" \"'");
  check_advice("a;b\n1,5;2\n", "2 columns, but the first row has 1; '--delimiter ;'");
  check_advice("a,b\n1,\"2,5\"\n", "holds \"2,5\", which is not a number; '--decimal ,' reads");
  check_advice("a,b\n1,\"1,234,567\"\n", "'--thousands ,' reads such numbers");
  check_advice("a,b\n1,\"1,234\"\n", "'--decimal ,' or '--thousands ,', as its comma is meant,");
  check_advice("a,b\n1,\"1.234,5\"\n", "'--decimal , --thousands .'");
  check_advice("a,b\n1,1.5D+05\n", "'--fortran' reads such numbers");
  check_advice("a,b\n1,1.5+05\n", "'--fortran' reads such numbers");
  check_advice("a,b\n1,True\n", "'--booleans' makes 1 and 0");
  check_advice("a,b\n1,2020-01-01 10:00\n", "'--times b' makes seconds");
  for (const std::string time : {"12:30:01", "12:30", "01/02/2020", "1.2.2020", "1/2/20 10:00"}) {
    check_advice("a,b\n1," + time + "\n", "'--drop b' leaves the column out, '--times b' reads");
  }
  check_advice("a,b\n1,NA\n", "'--missing NA' if it stands for none");
  check_advice("a,1.5\n1,2\n",
               "line 1: column '0' holds \"a\", which is not a number; '--header yes'");
  check_advice("a,b\n1,oops\n", "'--drop b' leaves the column out, '--categories b' makes indices");
  // A stray among numbers, and what may be a number that nobody reads.
  check_advice("a,b\n[m],[s]\n1,2\n", "'--drop a' leaves the column out, '--bad-rows skip'");
  check_advice("a,b\n1,2\ntotal,2\n", "'--drop a' leaves the column out, '--bad-rows skip'");
  check_advice("a,b\n1,2\n3\n", "but the first row has 2; '--bad-rows skip' leaves such rows");
  for (const std::string number : {"$5", "5%", "12 kg", "\u22125", "1\u00a0000", "(5)", "0x10"}) {
    CAPTURE(number);
    check_advice("a,b\n1," + number + "\n",
                 "if it is a number, write it as -1234.5 first; '--drop");
  }
  check_advice("# made by x, y\na,b\n1,2\n", "if line 1 is a comment, take it out first");
  check_advice("# made by x\na,b\n1,2\n", "if line 1 is a comment, or its '#' one cell too many");
  check_advice("sep=;\na;b\n1;2\n", "line 1: \"sep=;\" is Excel's word on the delimiter");
  check_advice("a,b\r1,2\r3,4\r", "line 1: its lines end with a carriage return alone");
  const CsvOptions comma{.delimiter = ';', .notation = {.decimal = ','}};
  const auto said_of = [&](const std::string& cell) {
    return test::outcome_of([&] { read_text("a;b\n1,5;" + cell + "\n", comma); }).message;
  };
  CHECK(said_of("1.500").find("'--thousands .', if its point is between") != std::string::npos);
  CHECK(said_of("2.5").find("it has a point, but '--decimal ,'") != std::string::npos);
  CHECK_FAILS(doubles_of("when\n1706704201\n", {.times = {"when"}}), ExitCode::bad_data,
              "a number needs no '--times'");
  check_advice("a,label\n1,2\n2,\"3,5\"\n",
               "is a text, but those above are numbers; '--decimal ,'");
  check_advice("a,label\n1,2\n2,NA\n", "those above are numbers; '--missing NA'");
  CHECK(test::outcome_of([] {
          read_text("a,label\n1,2\n2,True\n");
        }).message.ends_with("those above are numbers"));
}

TEST_CASE("whole numbers that float32 rounds are counted") {
  const auto rounded = [](const std::string& text, const CsvOptions& options) {
    const test::TemporaryFolder folder;
    CsvTable table({folder.write("data.csv", text)}, options, {});
    std::vector<std::byte> all(table.rows() * table.fields()[0].row_bytes());
    table.read_rows(0, table.rows(), std::vector{std::span(all)});
    return table.rounded_values();
  };
  const std::string text =
      "a,b\n1600000001,16777217\n1600000000,16777216\n1.6000000001e9,nan\n"
      "123456789.5,9007199254740993\n";
  CHECK(rounded(text, {}) == 3);
  CHECK(rounded(text, {.type = ElementType::f64}) == 1);
  CHECK(rounded("a\n2020-09-13T12:26:41\n2020-09-13\n", {.times = {"a"}}) == 1);
}

}  // namespace tusk::csv
