// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <concepts>
#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "tusk/named.hpp"
#include "tusk/options/value.hpp"

// The Value that refers to a member of a struct of options. A type that is written in forms of its
// own has a function value_of() beside its describe(), which goes before those here.
namespace tusk::options {

template <typename T>
concept Described = requires(Fields& fields, T& options) {
  describe(fields, options);
};

inline Value value_of(bool& flag) { return &flag; }
inline Value value_of(double& number) { return &number; }
inline Value value_of(std::uint64_t& number) { return &number; }
inline Value value_of(std::int64_t& number) { return &number; }
inline Value value_of(std::string& text) { return &text; }
Value value_of(std::variant<std::uint64_t, std::string>& number_or_name);

template <NamedEnum Enum>
Value value_of(Enum& value);
template <NamedEnum Enum>
Value value_of(std::variant<double, Enum>& number_or_name);
template <typename T>
Value value_of(std::optional<T>& value);
template <typename T>
Value value_of(std::vector<T>& values);
template <Described Options>
Value value_of(Options& options);

template <NamedEnum Enum>
Value value_of(Enum& value) {
  Name name;
  for (const Named<Enum>& named : names_of(Enum{})) name.names.emplace_back(named.name);
  name.index = [&value] {
    std::size_t index = 0;
    while (names_of(Enum{})[index].value != value) ++index;
    return index;
  };
  name.assign = [&value](std::size_t index) { value = names_of(Enum{})[index].value; };
  return name;
}

// A number, or one of some names.
template <NamedEnum Enum>
Value value_of(std::variant<double, Enum>& value) {
  Forms forms{.expected = "a number", .forms = {}, .get = {}};
  for (const Named<Enum>& named : names_of(Enum{})) {
    forms.expected += " or \"" + std::string(named.name) + '"';
  }
  forms.forms = {
      {FormShape::known_name, [&value] { return value_of(value.template emplace<Enum>()); }},
      {FormShape::number, [&value] { return value_of(value.template emplace<double>()); }}};
  forms.get = [&value] { return std::visit([](auto& v) { return value_of(v); }, value); };
  return forms;
}

template <typename T>
Value value_of(std::optional<T>& value) {
  return Optional{[&value] { return value ? std::optional(value_of(*value)) : std::nullopt; },
                  [&value] { return value_of(value.emplace()); }};
}

template <typename T>
Value value_of(std::vector<T>& values) {
  return List{.distinct = NamedEnum<T>,
              .size = [&values] { return values.size(); },
              .at = [&values](std::size_t i) { return value_of(values[i]); },
              .clear = [&values] { values.clear(); },
              .add = [&values] { return value_of(values.emplace_back()); }};
}

template <Described Options>
Table table_of(Options& options) {
  return {[&options](Fields& fields) { describe(fields, options); }};
}

template <Described Options>
Value value_of(Options& options) {
  return table_of(options);
}

}  // namespace tusk::options
