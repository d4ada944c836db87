// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <utility>

#include "options/describe.hpp"
#include "options/key_list.hpp"

// The loss of the [model] table.
namespace tusk::options {
namespace {

using UserLosses = std::vector<std::shared_ptr<const UserLossKind>>;

// Tusk's own, in the order of LossKind.
Choice choice_of_kinds(LossOptions& loss) {
  Choice choice;
  for (const Named<LossKind>& named : names_of(LossKind{})) {
    const std::string name(named.name);
    if (name_of(named.value) == name) {
      choice.alternatives.push_back(
          {.name = name, .package = {}, .aliases = {}, .describe_default = [](Fields&) {}});
    } else {
      choice.alternatives[static_cast<std::size_t>(named.value)].aliases.push_back(name);
    }
  }
  choice.index = [&loss] { return static_cast<std::size_t>(std::get<LossKind>(loss)); };
  choice.select = [&loss](std::size_t index) { loss = static_cast<LossKind>(index); };
  choice.describe = [&loss](Fields& fields) {
    if (auto* user = std::get_if<UserLoss>(&loss)) describe(fields, user->options);
  };
  return choice;
}

// The names in the order of LossKind's names_of(), aliases and all, then the user's.
Name name_of_choice(LossOptions& loss, const UserLosses& user_kinds) {
  const Choice choice = choice_of(loss, user_kinds);
  Name name;
  std::vector<std::size_t> alternatives;  // of each name
  for (const Named<LossKind>& named : names_of(LossKind{})) {
    name.names.emplace_back(named.name);
    alternatives.push_back(static_cast<std::size_t>(named.value));
  }
  for (std::size_t i = 0; i < choice.alternatives.size(); ++i) {
    if (choice.alternatives[i].package.empty()) continue;
    name.names.push_back(choice.alternatives[i].name);
    alternatives.push_back(i);
  }
  name.index = [alternatives, index = choice.index] {
    return static_cast<std::size_t>(std::ranges::find(alternatives, index()) -
                                    alternatives.begin());
  };
  name.assign = [alternatives, select = choice.select](std::size_t index) {
    select(alternatives.at(index));
  };
  return name;
}

bool has_options(const Choice& choice) {
  KeyList list;
  choice.describe(list);
  return !list.keys.empty();
}

}  // namespace

Choice choice_of(LossOptions& loss, UserLosses user_kinds) {
  return with_user_kinds<UserLossKind>(choice_of_kinds(loss), loss, std::move(user_kinds));
}

Value value_of(LossOptions& loss, const UserLosses& user_kinds) {
  const auto as_name = [&loss, user_kinds] { return name_of_choice(loss, user_kinds); };
  const auto as_table = [&loss, user_kinds] {
    return Table{[&loss, user_kinds](Fields& fields) {
      fields.choice("type", choice_of(loss, user_kinds));
    }};
  };
  if (user_kinds.empty() && std::holds_alternative<LossKind>(loss)) return as_name();
  return Forms{.expected = "a name or a table",
               .forms = {{FormShape::text, as_name}, {FormShape::table, as_table}},
               .get = [&loss, as_name, as_table]() -> Value {
                 if (has_options(choice_of(loss, {}))) return as_table();
                 return as_name();
               }};
}

}  // namespace tusk::options
