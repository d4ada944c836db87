// SPDX-License-Identifier: Apache-2.0
#include "data/csv/csv_reader.hpp"

#include <doctest/doctest.h>
#include <fmt/format.h>

#include <cmath>
#include <cstdlib>
#include <string>
#include <vector>

#include "check_fails.hpp"
#include "gzip.hpp"
#include "temporary_folder.hpp"
#include "tusk/random.hpp"

namespace tusk::csv {
namespace {

using Records = std::vector<std::vector<std::string>>;

Records read_all(CsvReader& reader) {
  Records records;
  for (std::vector<std::string_view> fields; reader.next();) {
    reader.split(fields);
    records.emplace_back(fields.begin(), fields.end());
  }
  return records;
}

Records read_file(const std::string& path, char delimiter = ',') {
  CsvReader reader(path, delimiter);
  return read_all(reader);
}

Records records_of(const std::string& text, char delimiter = ',') {
  const test::TemporaryFolder folder;
  return read_file(folder.write("data.csv", text), delimiter);
}

TEST_CASE("the records of a CSV file do not depend on how its lines end") {
  const Records expected{{"a", "b"}, {"1", "2"}};
  CHECK(records_of("a,b\n1,2\n") == expected);
  CHECK(records_of("a,b\n1,2") == expected);
  CHECK(records_of("a,b\r\n1,2\r\n") == expected);
  CHECK(records_of("a,b\r\n1,2") == expected);
  CHECK(records_of("a,b\r\n1,2\r") == expected);
  CHECK(records_of("\n\na,b\n\r\n1,2\n\n\n") == expected);
  CHECK(records_of("\xEF\xBB\xBF"
                   "a,b\n1,2\n") == expected);
  CHECK(records_of("a;b\n1;2\n", ';') == expected);
}

TEST_CASE("empty files and empty fields") {
  CHECK(records_of("").empty());
  CHECK(records_of("\n\r\n").empty());
  CHECK(records_of(",\n") == Records{{"", ""}});
  CHECK(records_of(",,1,\n") == Records{{"", "", "1", ""}});
  CHECK(records_of("\"\"\n") == Records{{""}});
}

TEST_CASE("quoted fields hold delimiters, quotes and line ends") {
  CHECK(records_of("\"a,b\",c\n") == Records{{"a,b", "c"}});
  CHECK(records_of("\"say \"\"hi\"\"\",\"\"\"\"\n") == Records{{"say \"hi\"", "\""}});
  CHECK(records_of("\"two\nlines\",1\r\n\"\",2") == Records{{"two\nlines", "1"}, {"", "2"}});
  CHECK(records_of("5\" pipe,\"x\"\n") == Records{{"5\" pipe", "x"}});
  CHECK(records_of("a,\"\xEF\xBB\xBF\"\n") == Records{{"a", "\xEF\xBB\xBF"}});
  CHECK(records_of("\xEF\xBB\xBF\"a\nb\",c") == Records{{"a\nb", "c"}});
}

TEST_CASE("a quoted field that does not end, or goes on, is an error with file and line") {
  CHECK_FAILS(records_of("a,b\n1,\"2\n3,4\n"), ExitCode::bad_data,
              "data.csv, line 2: a quoted field does not end");
  CHECK_FAILS(records_of("a\n\"b\"c\n"), ExitCode::bad_data,
              "data.csv, line 2: text behind the closing quote");
  CHECK_FAILS(records_of("\""), ExitCode::bad_data, "does not end");
}

TEST_CASE("lines are counted through quoted line ends and empty lines") {
  const test::TemporaryFolder folder;
  CsvReader reader(folder.write("data.csv", "a\n\n\"b\nb\"\nc\n"));
  std::vector<std::uint64_t> lines;
  while (reader.next()) lines.push_back(reader.line());
  CHECK(lines == std::vector<std::uint64_t>{1, 3, 5});
}

// Quotes a field where it needs it, and sometimes where it does not.
std::string quoted(const std::string& field, bool always) {
  if (!always && field.find_first_of(",\"\r\n") == std::string::npos) return field;
  std::string out = "\"";
  for (const char c : field) out += c == '"' ? std::string("\"\"") : std::string(1, c);
  return out + "\"";
}

TEST_CASE("records of any size and content, beyond the reader's buffer, come back as written") {
  constexpr std::string_view alphabet = "ab,\"\n\r 1";
  Random random(7, Stream::shuffle);
  Records expected;
  std::string text;
  for (std::size_t row = 0; text.size() < 5'000'000; ++row) {
    std::vector<std::string> fields(1 + random.below(4));
    for (std::string& field : fields) {
      const std::uint64_t longest = row % 1000 == 999 ? 1'500'000 : 30;
      field.resize(random.below(longest));
      for (char& c : field) c = alphabet[random.below(alphabet.size())];
      text += quoted(field, fields.size() == 1 || random.below(2) == 0) +
              (&field == &fields.back() ? "\n" : ",");
    }
    expected.push_back(std::move(fields));
  }
  const test::TemporaryFolder folder;
  CsvReader reader(folder.write("data.csv", text));
  const Records read = read_all(reader);
  CHECK(read.size() == expected.size());
  CHECK((read == expected));
  reader.go_to(0, 1);
  CHECK((read_all(reader) == expected));
}

TEST_CASE("a line without end is refused before it fills the memory") {
  const test::TemporaryFolder folder;
  const std::string path = test::write_gzip(folder.file("bomb.csv.gz"), std::string(80 << 20, '1'));
  CHECK_FAILS(read_file(path), ExitCode::bad_data, "more than 64 MiB");
}

TEST_CASE("numbers are the ones that strtod reads") {
  for (const char* text : {"0",
                           "-0",
                           "1",
                           "+1",
                           "-1.5",
                           ".5",
                           "5.",
                           "1e5",
                           "1E-5",
                           "+1.e+2",
                           "123456789012345678",
                           "0.1",
                           "2.2250738585072014e-308",
                           "4.9e-324",
                           "1e-400",
                           "-1e-400",
                           "1e400",
                           "-1e400",
                           "inf",
                           "-Infinity",
                           "8.442759912e-1",
                           "9007199254740993",
                           "0.000000000000000000000000000000001"}) {
    CAPTURE(text);
    const auto number = tables::parse_number(text);
    REQUIRE(number.has_value());
    CHECK(*number == std::strtod(text, nullptr));
    CHECK(std::signbit(*number) == std::signbit(std::strtod(text, nullptr)));
    CHECK(tables::parse_number("  " + std::string(text) + "\t") == number);
  }
  CHECK(std::isnan(tables::parse_number("NaN").value()));
  Random random(3, Stream::shuffle);
  for (int i = 0; i < 20'000; ++i) {
    const double value =
        std::ldexp(random.uniform(-1, 1), static_cast<int>(random.below(600)) - 300);
    const std::string text = fmt::format("{:.{}g}", value, 1 + random.below(20));
    CHECK(tables::parse_number(text) == std::strtod(text.c_str(), nullptr));
  }
}

TEST_CASE("what is not wholly a number is none") {
  for (const char* text : {"", " ", "a", "1a", "1 2", "--1", "+-1", "1e", "0x10", "1,5", "."}) {
    CAPTURE(text);
    CHECK_FALSE(tables::parse_number(text).has_value());
  }
}

}  // namespace
}  // namespace tusk::csv
