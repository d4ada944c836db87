// SPDX-License-Identifier: Apache-2.0
#include "options/json_reader.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>
#include <utility>
#include <variant>

#include "tusk/error.hpp"

namespace tusk::options {
namespace {

using Json = nlohmann::json;

// A value under reading, and what messages call it.
struct JsonValue {
  const Json& json;
  std::string key;  // with dots from the object that read_json() was given
  const std::string& where;
};

[[noreturn]] void refuse(const JsonValue& value, const std::string& right) {
  // The text of a hostile file need not be UTF-8.
  const std::string shown = value.json.dump(-1, ' ', false, Json::error_handler_t::replace);
  fail(ExitCode::bad_data, "{} has {} {}; {}", value.where, value.key, shown, right);
}

std::string must_be(const char* noun, const Interval& interval) {
  return fmt::format("it must be {}{}", noun, in_words(interval));
}

void read(const JsonValue& in, const Value& out, const Rule& rule);

// The index of the name that `json` is; the number of names if it is none.
std::size_t index_of(const Json& json, const std::vector<std::string>& names) {
  const auto* text = json.get_ptr<const std::string*>();
  const auto found = text == nullptr ? names.end() : std::find(names.begin(), names.end(), *text);
  return static_cast<std::size_t>(found - names.begin());
}

bool is_one_of(const Json& json, const Value& value) {
  const std::vector<std::string>& names = std::get<Name>(value).names;
  return index_of(json, names) < names.size();
}

bool has_shape(const Json& json, const Forms::Form& form) {
  switch (form.shape) {
    case FormShape::number:
      return json.is_number();
    case FormShape::whole_number:
      return json.is_number_unsigned();
    case FormShape::text:
      return json.is_string();
    case FormShape::known_name:
      return is_one_of(json, form.choose());
    case FormShape::list:
      return json.is_array();
    case FormShape::table:
      return json.is_object();
  }
  return false;
}

// Reads a value of each kind.
struct ReadKind {
  const JsonValue& in;
  const Rule& rule;

  void operator()(bool* out) const {
    if (!in.json.is_boolean()) refuse(in, "it must be true or false");
    *out = in.json.get<bool>();
  }

  void operator()(double* out) const {
    const double number = in.json.is_number() ? in.json.get<double>() : std::nan("");
    if (!std::isfinite(number) || !rule.interval.contains(number)) {
      refuse(in, must_be("", rule.interval));
    }
    *out = number;
  }

  void operator()(std::uint64_t* out) const {
    if (!in.json.is_number_unsigned() || !rule.interval.contains(in.json.get<double>())) {
      refuse(in, must_be("a whole number, ", rule.interval));
    }
    *out = in.json.get<std::uint64_t>();
  }

  void operator()(std::int64_t* out) const {
    if (!in.json.is_number_integer() || !rule.interval.contains(in.json.get<double>())) {
      refuse(in, must_be("a whole number, ", rule.interval));
    }
    *out = in.json.get<std::int64_t>();
  }

  void operator()(std::string* out) const {
    if (!in.json.is_string()) refuse(in, "it must be a text");
    *out = in.json.get<std::string>();
  }

  void operator()(const Bytes& out) const { (*this)(out.count); }

  void operator()(const Name& name) const {
    const std::size_t index = index_of(in.json, name.names);
    if (index == name.names.size()) {
      refuse(in, fmt::format("known are {}", fmt::join(name.names, ", ")));
    }
    name.assign(index);
  }

  void operator()(const Optional& optional) const { read(in, optional.emplace(), rule); }

  void operator()(const List& list) const {
    if (!in.json.is_array()) refuse(in, "it must be an array");
    if (rule.required && in.json.empty()) refuse(in, "it must have at least one element");
    const Rule each{.interval = rule.interval, .text = rule.text};
    list.clear();
    for (std::size_t i = 0; i < in.json.size(); ++i) {
      read({in.json[i], fmt::format("{}.{}", in.key, i), in.where}, list.add(), each);
    }
  }

  void operator()(const Table& table) const;

  void operator()(const Map& map) const {
    if (!in.json.is_object()) refuse(in, "it must be an object");
    const Rule each{.interval = rule.interval, .text = rule.text};
    map.clear();
    for (const auto& [key, json] : in.json.items()) {
      read({json, fmt::format("{}.{}", in.key, key), in.where}, map.add(key), each);
    }
  }

  void operator()(const Forms& forms) const {
    for (const Forms::Form& form : forms.forms) {
      if (has_shape(in.json, form)) return read(in, form.choose(), rule);
    }
    refuse(in, "it must be " + forms.expected);
  }
};

// Goes through a description to read one object.
class JsonReader final : public Fields {
 public:
  JsonReader(const Json& object, std::string prefix, const std::string& where)
      : object_(object), prefix_(std::move(prefix)), where_(where) {}

  void on_read(const std::function<void()>& function) override { function(); }

 protected:
  void field(std::string_view key, const Value& value, const Rule& rule) override {
    const auto found = object_.find(key);
    const std::string name = prefix_ + std::string(key);
    if (found != object_.end() && !found->is_null()) {
      read({*found, name, where_}, value, rule);
    } else if (rule.required && rule.obstacle.empty()) {
      fail(ExitCode::bad_data, "{} has no {}", where_, name);
    }
  }

  void table(std::string_view key, const Table& table) override { field(key, table, {}); }

  void choose(std::string_view key, const Choice& choice) override {
    Name name{.names = {}, .index = choice.index, .assign = choice.select};
    for (const Choice::Alternative& alternative : choice.alternatives) {
      name.names.push_back(alternative.name);
    }
    field(key, name, required());
    choice.describe(*this);
  }

 private:
  const Json& object_;
  std::string prefix_;
  const std::string& where_;
};

void ReadKind::operator()(const Table& table) const {
  if (!in.json.is_object()) refuse(in, "it must be an object");
  JsonReader fields(in.json, in.key + ".", in.where);
  table.describe(fields);
}

void read(const JsonValue& in, const Value& out, const Rule& rule) {
  std::visit(ReadKind{in, rule}, static_cast<const Value::variant&>(out));
}

}  // namespace

void read_json(const Json& json, const Table& table, const std::string& where) {
  JsonReader fields(json, "", where);
  table.describe(fields);
}

}  // namespace tusk::options
