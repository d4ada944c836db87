// SPDX-License-Identifier: Apache-2.0
// Whether the first row names the columns, and what becomes of names that are not to be trusted.
#include "data/csv/csv_header.hpp"

#include <doctest/doctest.h>
#include <fmt/format.h>

#include <string>
#include <vector>

#include "check_fails.hpp"
#include "data/csv/read_csv.hpp"

namespace tusk::csv {
namespace {

using namespace test_csv;
using Is = FirstRecord::Is;

Is judge(const Cells& first, const std::vector<Cells>& below, const std::string& label = "") {
  tables::ColumnChoice choice;
  if (!label.empty()) choice.label = label;
  return judge_first_record(first, below, {}, choice).is;
}

std::vector<std::string> notes_of(const std::string& text, const tables::ColumnChoice& choice) {
  const test::TemporaryFolder folder;
  return CsvTable({folder.write("data.csv", text)}, {}, choice).notes();
}

constexpr const char* open_text = "may name the columns or be one of the rows";

}  // namespace

TEST_CASE("the columns' numbers are a header, as pandas writes for columns without names") {
  const Content content = read_text("0,1,2\n1.5,2.5,0\n3.5,4.5,1", {}, label_is("2"));
  CHECK(content.rows == 2);
  CHECK(content.features == std::vector<float>{1.5, 2.5, 3.5, 4.5});
  CHECK(content.label == std::vector<std::int32_t>{0, 1});
  const auto notes = notes_of("0,1,2\n1.5,2.5,0\n3.5,4.5,1", label_is("2"));
  REQUIRE(notes.size() == 1);
  CHECK(notes[0].find("its first row (0, 1, 2) is taken for the names of the columns, since its "
                      "numbers are those of the columns; '--header no'") != std::string::npos);
  CHECK(
      read_text("0,1,2\n1.5,2.5,0\n", {.header = CsvOptions::Header::absent}, label_is("2")).rows ==
      2);
}

TEST_CASE("numbers beside a word that stands for no class are a header") {
  const Content content = read_text("0,1,label\n1.5,2.5,s\n3.5,4.5,b", {}, label_is("2"));
  CHECK(content.rows == 2);
  CHECK(content.fields[1].class_names == Names{"b", "s"});
  CHECK(read_text("0,1,label\n1.5,2.5,0\n").rows == 1);
  CHECK(read_text("0,1,kind\n1.5,2.5,s\n", {}, label_is("kind")).rows == 1);
  CHECK(notes_of("0,kind\n1.5,7\n", label_is("1")).at(0).find("'kind' stands over numbers") !=
        std::string::npos);
}

TEST_CASE("a first row that may be either is refused, and the user says which it is") {
  for (const char* text : {"0,1\n1,0\n", "0,1\n0.5,0.3\n", "0,1,2\n4,5,7\n", "1,2,3\n1.5,2.5,0\n",
                           "2019,2020,2021\n5,7,9\n", "0,1,2\n", "p,x\ne,x\n", ",0,1\n0,5,6\n",
                           "0\n1.5\n2.5\n", "1,2,4,8,16,32,64,128\n5,2,6,2,1,8,3,9\n"}) {
    CAPTURE(text);
    CHECK_FAILS(read_text(text), ExitCode::bad_data, open_text);
    CHECK_FAILS(read_text(text), ExitCode::bad_data, "'--header yes' or '--header no'");
  }
  CHECK(read_text("0,1\n1,0\n", {.header = CsvOptions::Header::absent}).rows == 2);
  CHECK(read_text("0,1\n1,0\n", {.header = CsvOptions::Header::present}).rows == 1);
  std::string text = "3,first\n";
  for (int row = 0; row < 30; ++row)
    text += fmt::format("{},{}\n", row % 5, row % 3 == 0 ? "s" : "b");
  CHECK_FAILS(read_text(text, {}, label_is("1")), ExitCode::bad_data,
              "('first' does not come again below)");
}

TEST_CASE("rows that have numbers are rows, and words are names") {
  CHECK(judge({"1", "2", "s"}, {{"3", "4", "b"}}, "2") == Is::data);
  CHECK(judge({"5.1", "3.5", "setosa"}, {{"4.9", "3.0", "setosa"}}, "2") == Is::data);
  CHECK(judge({"5", "3", "setosa"}, {{"4", "3", "setosa"}}, "2") == Is::data);
  CHECK(judge({"0", "1", "2", "3"}, {{"1", "2", "3", "4"}}) == Is::data);
  CHECK(judge({"0", "0", "1"}, {{"0", "1", "1"}}) == Is::data);
  CHECK(judge({"0", "s"}, {{"0.5", "b"}}) == Is::data);
  CHECK(judge({"7"}, {{"8"}}) == Is::data);
  CHECK(judge({"x", "y"}, {{"1", "2"}}) == Is::names);
  CHECK(judge({"x", "y"}, {}) == Is::names);
  CHECK(judge({"2019", "kind"}, {{"5", "1"}}) == Is::names);
  CHECK(judge({"2019", "2020"}, {{"5", "1"}}, "2020") == Is::names);
  // What stands for a missing value, or is a number to others, is no name.
  CHECK(judge({"5", "NA", "0"}, {{"4", "3", "1"}}) == Is::data);
  CHECK(judge({"5", "?", "0"}, {{"4", "3", "1"}}) == Is::data);
  CHECK(judge({"5", "1,5", "0"}, {{"4", "3", "1"}}) == Is::data);
  CHECK(judge({"5", "True"}, {{"4", "1"}}) == Is::data);
}

TEST_CASE("several columns called label are refused unless one is asked for") {
  for (const char* text : {"a,label,label\n1,2,0\n3,4,1\n", "a,label,Label\n1,2,0\n3,4,1\n"}) {
    CHECK_FAILS(read_text(text), ExitCode::bad_data, "has several columns called");
    CHECK(read_text(text, {}, label_is("2")).label == std::vector<std::int32_t>{0, 1});
    CHECK(read_text(text, {}, {.drop = {"1"}}).label == std::vector<std::int32_t>{0, 1});
  }
}

TEST_CASE("a column without a name is no feature unless it is asked for") {
  const std::string text = ",a,b,label\n0,1.5,2,0\n1,2.5,3,1\n";
  CHECK_FAILS(read_text(text), ExitCode::bad_data,
              "column 0 has no name, as the row numbers that pandas writes; '--drop 0' leaves it");
  CHECK(read_text(text, {}, {.drop = {"0"}}).features == std::vector<float>{1.5, 2, 2.5, 3});
  CHECK(read_text(text, {}, {.columns = {"0", "a"}}).features ==
        std::vector<float>{0, 1.5, 1, 2.5});
  CHECK_FAILS(read_text("Unnamed: 0,a\n0,1\n"), ExitCode::bad_data, "column 0 has no name");
  CHECK_FAILS(read_text("a,b,\n0,1,\n"), ExitCode::bad_data, "column 2 has no name");
  CHECK_FAILS(read_text(",0,1,2\n0,1.5,2.5,0\n"), ExitCode::bad_data,
              "'--columns' names those to take");
}

TEST_CASE("a number that is the name of another column is taken for the name, and it is said") {
  const std::string text = "2,1,kind\n5,6,7\n";
  CHECK(read_text(text, {}, label_is("2")).label == std::vector<std::int32_t>{5});
  const auto notes = notes_of(text, label_is("2"));
  CHECK(notes.back().find("'2' is taken for column 0, which is called so") != std::string::npos);
}

}  // namespace tusk::csv
