// SPDX-License-Identifier: Apache-2.0
#include "use/inference/event_parser.hpp"

#include <doctest/doctest.h>
#include <fmt/format.h>

#include <cmath>
#include <limits>
#include <string>

#include "check_fails.hpp"

namespace tusk::inference {
namespace {

Event parse(const std::string& line, EventFormat format) {
  Event event{.inputs = {{9}}, .echo = "left over"};
  const EventMembers members{.inputs = {"features"},
                             .of_answers = {"line", "prediction", "index", "class", "error"}};
  parse_event(line, format, members, event);
  return event;
}
Event json(const std::string& line) { return parse(line, EventFormat::json); }
Event csv(const std::string& line) { return parse(line, EventFormat::csv); }

}  // namespace

TEST_CASE("the format of a line is plain to see") {
  CHECK(format_of(" [1]") == EventFormat::json);
  CHECK(format_of("{}") == EventFormat::json);
  CHECK(format_of("1,2") == EventFormat::csv);
  CHECK(format_of("") == EventFormat::csv);
}

TEST_CASE("a JSON line is an array of numbers, or an object that has one") {
  CHECK(json("[1, -2.5, 1e3]").inputs.front() == std::vector<double>{1, -2.5, 1000});
  CHECK(json("[]").inputs.front().empty());
  CHECK(std::isnan(json("[null]").inputs.front().at(0)));
  CHECK(json("[1600000001, 0.1]").inputs.front() ==
        std::vector<double>{1600000001, 0.1});  // no float
  const Event event =
      json(R"({"id":"é\"","features":[1],"deep":{"a":[null,{}]},"line":3,"error":1})");
  CHECK(event.inputs.front() == std::vector<double>{1});
  CHECK(event.echo == R"(,"deep":{"a":[null,{}]},"id":"é\"")");
  CHECK(json("[1]").echo.empty());
}

TEST_CASE("what is wrong with a JSON line is said") {
  using enum ExitCode;
  CHECK_FAILS(json(""), bad_data, "the line is empty");
  CHECK_FAILS(json(" \t"), bad_data, "the line is empty");
  CHECK_FAILS(json("[1,"), bad_data, "parse error at column 4: ");
  CHECK_FAILS(json("[1] 2"), bad_data, "parse error");
  CHECK_FAILS(json("[NaN]"), bad_data, "parse error");
  CHECK_FAILS(json("7"), bad_data, "neither a JSON array of numbers nor an object");
  CHECK_FAILS(json("[1,\"2\"]"), bad_data, "feature 1 is no number, but of type string");
  CHECK_FAILS(json("[true]"), bad_data, "of type boolean");
  CHECK_FAILS(json("[[1],[2]]"), bad_data, "of type array");
  CHECK_FAILS(json("{\"x\":[1]}"), bad_data, "has no \"features\"");
  CHECK_FAILS(json("{\"features\":1}"), bad_data, "not an array");
  CHECK_FAILS(json("[1e999]"), bad_data, "number overflow");
  CHECK_FAILS(json("[\"\xff\"]"), bad_data, "UTF-8");
  CHECK_FAILS(json(std::string("[1\0]", 4)), bad_data, "parse error");
}

TEST_CASE("JSON that is nested deeply is refused before the stack is at stake") {
  const auto nested = [](std::size_t depth) {
    return "{\"features\":[1],\"x\":" + std::string(depth, '[') + std::string(depth, ']') + "}";
  };
  CHECK(json(nested(60)).echo.size() == 5 + 120);
  CHECK_FAILS(json(nested(400'000)), ExitCode::bad_data, "within each other");
  const std::string brackets =
      R"({"x":"\"[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[",)";
  CHECK(json(brackets + R"("features":[1]})").inputs.front().size() == 1);
}

TEST_CASE("an object of many members takes no time to speak of") {
  std::string line = "{\"features\":[1]";
  for (int i = 0; i < 100'000; ++i) line += fmt::format(",\"{}\":0", i);
  CHECK(json(line + "}").echo.size() == line.size() - 15);
}

TEST_CASE("a CSV line is numbers, some of which may be missing") {
  CHECK(csv("1,-2.5, 1e3").inputs.front() == std::vector<double>{1, -2.5, 1000});
  const Event event = csv(",nan,3,");
  CHECK(event.inputs.front().size() == 4);
  for (const std::size_t i : {0, 1, 3}) CHECK(std::isnan(event.inputs.front()[i]));
  CHECK_FAILS(csv(" "), ExitCode::bad_data, "the line is empty");
  CHECK_FAILS(csv("1,two"), ExitCode::bad_data, "feature 1 is no number: \"two\"");
  CHECK_FAILS(csv("1;2"), ExitCode::bad_data, "feature 0 is no number");
}

}  // namespace tusk::inference
