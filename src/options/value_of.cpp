// SPDX-License-Identifier: Apache-2.0
#include "tusk/options/value_of.hpp"

namespace tusk::options {

// A column, class or the like that is given by its number or its name.
Value value_of(std::variant<std::uint64_t, std::string>& value) {
  return Forms{
      .expected = "a number, from 0, or a name",
      .forms = {{FormShape::whole_number,
                 [&value] { return value_of(value.emplace<std::uint64_t>()); }},
                {FormShape::text, [&value] { return value_of(value.emplace<std::string>()); }}},
      .get = [&value] { return std::visit([](auto& v) { return value_of(v); }, value); }};
}

}  // namespace tusk::options
