// SPDX-License-Identifier: Apache-2.0
#include "data/tables/missing_texts.hpp"

#include <algorithm>

#include "data/tables/text.hpp"

namespace tusk::tables {

MissingTexts::MissingTexts(const std::vector<std::string>& texts) {
  for (const std::string& text : texts) {
    texts_.emplace_back(trimmed(text));
    if (const auto number = parse_number(text)) numbers_.push_back(*number);
  }
}

bool MissingTexts::contain(std::string_view text) const {
  return std::ranges::find(texts_, text) != texts_.end();
}

bool MissingTexts::contain(double number) const {
  return std::ranges::find(numbers_, number) != numbers_.end();
}

}  // namespace tusk::tables
