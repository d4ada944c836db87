// SPDX-License-Identifier: Apache-2.0
#include "use/inference/event_parser.hpp"

#include <fmt/ranges.h>

#include <algorithm>
#include <limits>
#include <nlohmann/json.hpp>

#include "data/tables/text.hpp"
#include "tusk/error.hpp"

namespace tusk::inference {
namespace {

using Json = nlohmann::json;  // ordered_json takes n² for an object of n members

constexpr double missing = std::numeric_limits<double>::quiet_NaN();
constexpr std::size_t most_nested = 64;
constexpr std::size_t longest_message = 200;

// How deep arrays and objects stand within each other. Deep ones would exhaust the stack when they
// are echoed.
std::size_t nesting(std::string_view text) {
  std::size_t depth = 0;
  std::size_t deepest = 0;
  bool quoted = false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (c == '"') quoted = !quoted;
    if (quoted) {
      if (c == '\\') ++i;
    } else if (c == '[' || c == '{') {
      deepest = std::max(deepest, ++depth);
    } else if ((c == ']' || c == '}') && depth > 0) {
      --depth;
    }
  }
  return deepest;
}

// The library's message without its number, and without a number of the line, which is always 1.
std::string message_of(const Json::exception& error) {
  std::string text = error.what();
  const std::size_t end = text.find("] ");
  if (end != std::string::npos) text.erase(0, end + 2);
  constexpr std::string_view line = "line 1, ";
  const std::size_t at = text.find(line);
  if (at != std::string::npos) text.erase(at, line.size());
  if (text.size() > longest_message) text.resize(longest_message);
  return text;
}

void read_features(const Json& array, std::vector<double>& features) {
  if (!array.is_array()) fail(ExitCode::bad_data, "the features are not an array of numbers");
  for (const Json& value : array) {
    if (value.is_number()) {
      features.push_back(value.get<double>());
    } else if (value.is_null()) {
      features.push_back(missing);
    } else {
      fail(ExitCode::bad_data, "feature {} is no number, but of type {}", features.size(),
           value.type_name());
    }
  }
}

void read_object(const Json& object, const EventMembers& members, Event& event) {
  for (std::size_t i = 0; i < members.inputs.size(); ++i) {
    const auto numbers = object.find(members.inputs[i]);
    if (numbers == object.end()) {
      fail(ExitCode::bad_data, "the object has no \"{}\"", members.inputs[i]);
    }
    read_features(*numbers, event.inputs[i]);
  }
  const auto is_one_of = [](const std::string& name, const std::vector<std::string>& names) {
    return std::ranges::find(names, name) != names.end();
  };
  for (const auto& [name, value] : object.items()) {
    if (is_one_of(name, members.inputs) || is_one_of(name, members.of_answers)) continue;
    event.echo += ',';
    event.echo += Json(name).dump();
    event.echo += ':';
    event.echo += value.dump();
  }
}

// Lists alone do not say which of several inputs they are for.
void require_one_input(const EventMembers& members) {
  if (members.inputs.size() == 1) return;
  fail(ExitCode::bad_data,
       "the model has {} inputs: a line is a JSON object with an array of numbers for each, \"{}\"",
       members.inputs.size(), fmt::join(members.inputs, "\", \""));
}

void parse_json(std::string_view line, const EventMembers& members, Event& event) try {
  if (nesting(line) > most_nested) {
    fail(ExitCode::bad_data, "more than {} arrays or objects within each other", most_nested);
  }
  const Json json = Json::parse(line);
  if (json.is_object()) return read_object(json, members, event);
  require_one_input(members);
  if (json.is_array()) return read_features(json, event.inputs.front());
  fail(ExitCode::bad_data, "neither a JSON array of numbers nor an object with \"{}\"",
       members.inputs.front());
} catch (const Json::exception& error) {
  fail(ExitCode::bad_data, "{}", message_of(error));
}

void parse_csv(std::string_view line, std::vector<double>& features) {
  for (std::size_t begin = 0;;) {
    const std::size_t end = std::min(line.find(',', begin), line.size());
    const std::string_view field = tables::trimmed(line.substr(begin, end - begin));
    const auto number = field.empty() ? missing : tables::parse_number(field);
    if (!number) {
      fail(ExitCode::bad_data, "feature {} is no number: {:?}", features.size(),
           field.substr(0, longest_message));
    }
    features.push_back(*number);
    if (end == line.size()) return;
    begin = end + 1;
  }
}

}  // namespace

EventFormat format_of(std::string_view line) {
  const std::string_view text = tables::trimmed(line);
  return text.starts_with('[') || text.starts_with('{') ? EventFormat::json : EventFormat::csv;
}

void parse_event(std::string_view line, EventFormat format, const EventMembers& members,
                 Event& event) {
  event.inputs.resize(members.inputs.size());
  for (std::vector<double>& numbers : event.inputs) numbers.clear();
  event.echo.clear();
  if (tables::trimmed(line).empty()) fail(ExitCode::bad_data, "the line is empty");
  if (format == EventFormat::json) return parse_json(line, members, event);
  require_one_input(members);
  parse_csv(line, event.inputs.front());
}

}  // namespace tusk::inference
