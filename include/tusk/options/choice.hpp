// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <cstddef>
#include <functional>
#include <memory>
#include <string>
#include <type_traits>
#include <utility>
#include <variant>
#include <vector>

#include "tusk/options/user_object.hpp"

namespace tusk::options {

class Fields;

// One of several structs of options, without their C++ types: an option by which a file selects a
// variant's alternative.
struct Choice {
  struct Alternative {
    std::string name;
    std::string package;  // of a user's kind; empty: one of Tusk's
    std::vector<std::string> aliases;
    std::function<void(Fields&)> describe_default;  // the options that it has
  };

  std::vector<Alternative> alternatives;
  std::function<std::size_t()> index;       // of the present one
  std::function<void(std::size_t)> select;  // with its defaults
  std::function<void(Fields&)> describe;    // the present one's options
};

template <typename Kind>
Choice::Alternative alternative_of() {
  Choice::Alternative alternative{
      .name = tag_of<Kind>(), .package = {}, .aliases = {}, .describe_default = {}};
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
  const auto add = [&]<typename Kind>(std::type_identity<Kind>) {
    if constexpr (!is_user_object<Kind>) choice.alternatives.push_back(alternative_of<Kind>());
  };
  (add(std::type_identity<Kinds>{}), ...);
  choice.index = [&variant] { return variant.index(); };
  choice.select = [&variant](std::size_t index) {
    std::size_t i = 0;
    ((i++ == index ? void(variant.template emplace<Kinds>()) : void()), ...);
  };
  choice.describe = [&variant](Fields& fields) {
    std::visit(
        [&]<typename Kind>(Kind& options) {
          if constexpr (is_user_object<Kind>) {
            describe(fields, options.options);
          } else {
            describe(fields, options);
          }
        },
        variant);
  };
  return choice;
}

// The choice with the user's kinds behind those of Tusk, for a variant of which an alternative is
// UserObject<Kind>. The kind that the variant holds needs no place in the list.
template <typename Kind, typename... Kinds>
Choice with_user_kinds(Choice choice, std::variant<Kinds...>& variant,
                       std::vector<std::shared_ptr<const Kind>> user_kinds) {
  const std::size_t own = choice.alternatives.size();
  const auto* present = std::get_if<UserObject<Kind>>(&variant);
  if (present != nullptr && std::ranges::count(user_kinds, present->kind) == 0) {
    user_kinds.push_back(present->kind);
  }
  for (const auto& kind : user_kinds) {
    choice.alternatives.push_back({.name = kind->name,
                                   .package = kind->package,
                                   .aliases = {},
                                   .describe_default = [kind](Fields& fields) {
                                     AnyOptions options = kind->defaults;
                                     describe(fields, options);
                                   }});
  }
  choice.index = [&variant, own, user_kinds, index = choice.index] {
    const auto* object = std::get_if<UserObject<Kind>>(&variant);
    if (object == nullptr) return index();
    const auto place = std::ranges::find(user_kinds, object->kind) - user_kinds.begin();
    return own + static_cast<std::size_t>(place);
  };
  choice.select = [&variant, own, user_kinds, select = choice.select](std::size_t index) {
    if (index < own) return select(index);
    const auto& kind = user_kinds.at(index - own);
    variant = UserObject<Kind>{kind, kind->defaults};
  };
  return choice;
}

// The same for a variant whose last alternative is UserObject<Kind>.
template <typename Kind, typename... Kinds>
Choice choice_of(std::variant<Kinds...>& variant,
                 std::vector<std::shared_ptr<const Kind>> user_kinds) {
  return with_user_kinds(choice_of(variant), variant, std::move(user_kinds));
}

}  // namespace tusk::options
