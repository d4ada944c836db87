// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace tusk::tables {

// The texts that stand for a missing value in a file, such as "NA" or "-999". One that is a
// number stands for that number, however it is written: "-999.0", too.
class MissingTexts {
 public:
  MissingTexts() = default;
  explicit MissingTexts(const std::vector<std::string>& texts);

  bool have_numbers() const { return !numbers_.empty(); }

  // Whether this text, without spaces around it, or this number is one of them.
  bool contain(std::string_view text) const;
  bool contain(double number) const;

 private:
  std::vector<std::string> texts_;
  std::vector<double> numbers_;
};

}  // namespace tusk::tables
