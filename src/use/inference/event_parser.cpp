// SPDX-License-Identifier: Apache-2.0
#include "use/inference/event_parser.hpp"

#include <algorithm>
#include <array>
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
constexpr std::array<std::string_view, 5> answer_members{"line", "prediction", "index", "class",
                                                         "error"};

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

void read_object(const Json& object, const std::string& member, Event& event) {
  const auto features = object.find(member);
  if (features == object.end()) fail(ExitCode::bad_data, "the object has no \"{}\"", member);
  read_features(*features, event.features);
  for (const auto& [name, value] : object.items()) {
    if (name == member || std::ranges::find(answer_members, name) != answer_members.end()) continue;
    event.echo += ',';
    event.echo += Json(name).dump();
    event.echo += ':';
    event.echo += value.dump();
  }
}

void parse_json(std::string_view line, const std::string& member, Event& event) try {
  if (nesting(line) > most_nested) {
    fail(ExitCode::bad_data, "more than {} arrays or objects within each other", most_nested);
  }
  const Json json = Json::parse(line);
  if (json.is_object()) return read_object(json, member, event);
  if (json.is_array()) return read_features(json, event.features);
  fail(ExitCode::bad_data, "neither a JSON array of numbers nor an object with \"{}\"", member);
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

void parse_event(std::string_view line, EventFormat format, const std::string& member,
                 Event& event) {
  event.features.clear();
  event.echo.clear();
  if (tables::trimmed(line).empty()) fail(ExitCode::bad_data, "the line is empty");
  if (format == EventFormat::json) return parse_json(line, member, event);
  parse_csv(line, event.features);
}

}  // namespace tusk::inference
