// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <functional>
#include <string>
#include <variant>
#include <vector>

namespace tusk::options {

class Fields;

// One of several structs of options, without their C++ types: an option by which a file selects a
// variant's alternative.
struct Choice {
  struct Alternative {
    std::string name;
    std::vector<std::string> aliases;
    std::function<void(Fields&)> describe_default;  // the options that it has
  };

  std::vector<Alternative> alternatives;
  std::function<std::size_t()> index;       // of the present one
  std::function<void(std::size_t)> select;  // with its defaults
  std::function<void(Fields&)> describe;    // the present one's options
};

// What selects this struct among a variant's: { type = "dense" }, name = "adam".
template <typename Kind>
constexpr const char* tag_of() {
  if constexpr (requires { Kind::type; }) {
    return Kind::type;
  } else {
    return Kind::name;
  }
}

template <typename Kind>
Choice::Alternative alternative_of() {
  Choice::Alternative alternative{.name = tag_of<Kind>(), .aliases = {}, .describe_default = {}};
  if constexpr (requires { Kind::alias; }) alternative.aliases.emplace_back(Kind::alias);
  alternative.describe_default = [](Fields& fields) {
    Kind options;
    describe(fields, options);
  };
  return alternative;
}

// The choice among the variant's structs, each of which has a constant `type` or `name`, and may
// have an `alias`. It refers to the variant, which must outlive it.
template <typename... Kinds>
Choice choice_of(std::variant<Kinds...>& variant) {
  Choice choice;
  (choice.alternatives.push_back(alternative_of<Kinds>()), ...);
  choice.index = [&variant] { return variant.index(); };
  choice.select = [&variant](std::size_t index) {
    std::size_t i = 0;
    ((i++ == index ? void(variant.template emplace<Kinds>()) : void()), ...);
  };
  choice.describe = [&variant](Fields& fields) {
    std::visit([&](auto& options) { describe(fields, options); }, variant);
  };
  return choice;
}

}  // namespace tusk::options
