// SPDX-License-Identifier: Apache-2.0
#include "data/csv/csv_header.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <charconv>
#include <map>
#include <optional>

#include "data/tables/missing_texts.hpp"
#include "data/tables/number_notation.hpp"
#include "data/tables/text.hpp"
#include "data/tables/time_text.hpp"

namespace tusk::csv {
namespace {

constexpr std::size_t fewest_ascending = 8;
constexpr std::size_t fewest_in_a_row = 3;
constexpr std::size_t fewest_rows_of_texts = 20;

using Is = FirstRecord::Is;

// A number of digits alone.
std::optional<std::uint64_t> plain_whole(const std::string& cell) {
  std::uint64_t number = 0;
  const char* const last = cell.data() + cell.size();
  const auto [end, error] = std::from_chars(cell.data(), last, number);
  if (cell.empty() || end != last || error != std::errc()) return std::nullopt;
  return number;
}

class Judge {
 public:
  Judge(const Cells& first, std::span<const Cells> below, const CsvOptions& options,
        const tables::ColumnChoice& choice)
      : first_(first),
        below_(below),
        options_(options),
        choice_(choice),
        missing_(options.missing) {}

  FirstRecord judge() const {
    if (is_asked_for()) return {Is::names, ""};
    const auto is_number = [&](const std::string& cell) { return number(cell).has_value(); };
    const bool numbers = std::ranges::any_of(first_, is_number);
    if (ascends_alone()) return {Is::open, "its numbers ascend, and those of no row below do"};
    if (std::ranges::any_of(
            first_, [&](const auto& cell) { return is_number(cell) && !plain_whole(cell); })) {
      return {Is::data, ""};
    }
    if (const auto word = word_over_numbers()) {
      return {Is::names, numbers ? fmt::format("'{}' stands over numbers", *word) : ""};
    }
    if (!numbers) return text_comes_again();
    if (numbers_are_positions()) return judge_positions();
    if (first_.size() == 1 && plain_whole(first_.front()) == 0 && !below_.empty()) {
      return {Is::open, "its number is that of the only column"};
    }
    if (counts(first_) && std::ranges::none_of(below_, counts)) {
      return {Is::open, "its cells are whole numbers in a row"};
    }
    if (const auto lone = lone_text()) {
      return {Is::open, fmt::format("'{}' does not come again below", *lone)};
    }
    return {Is::data, ""};
  }

 private:
  std::optional<double> number(const std::string& cell) const {
    std::string room;
    const auto plain = options_.notation.plain(cell, room);
    return plain ? tables::parse_number(*plain) : std::nullopt;
  }

  bool is_missing(const std::string& cell) const {
    return cell.empty() || missing_.contain(cell) || tables::spells_missing(cell);
  }

  // Whether a text may be a name: it begins as one and says nothing that cells of a row say.
  bool is_word(const std::string& cell) const {
    if (is_missing(cell) || number(cell) || tables::parse_boolean(cell)) return false;
    const auto begin = static_cast<unsigned char>(cell.front());
    return std::isalpha(begin) != 0 || begin == '_' || begin >= 0x80U;
  }

  bool is_asked_for() const {
    const auto in_first = [&](const std::string& name) {
      const auto position = plain_whole(name);
      if (position && *position <= first_.size()) return false;  // its number, counted from 0 or 1
      return std::ranges::find(first_, name) != first_.end();
    };
    if (std::ranges::any_of(first_, tables::is_called_label)) return true;
    return (choice_.label && in_first(*choice_.label)) ||
           (choice_.weight && in_first(*choice_.weight)) ||
           (choice_.group && in_first(*choice_.group)) ||
           std::ranges::any_of(choice_.columns, in_first) ||
           std::ranges::any_of(choice_.drop, in_first) ||
           std::ranges::any_of(options_.categories, in_first) ||
           std::ranges::any_of(options_.times, in_first);
  }

  bool ascends(const Cells& cells) const {
    std::optional<double> last;
    for (const std::string& cell : cells) {
      const auto value = number(cell);
      if (!value || (last && !(*value > *last))) return false;
      last = value;
    }
    return true;
  }

  bool ascends_alone() const {
    return first_.size() >= fewest_ascending && !numbers_are_positions() && ascends(first_) &&
           std::ranges::none_of(below_, [&](const Cells& cells) { return ascends(cells); });
  }

  std::optional<std::string> word_over_numbers() const {
    for (std::size_t column = 0; column < first_.size(); ++column) {
      if (!is_word(first_[column])) continue;
      bool any = false;
      bool all = true;
      for (const Cells& cells : below_) {
        if (is_missing(cells[column])) continue;
        any = true;
        all = all && number(cells[column]);
      }
      if (any && all) return first_[column];
    }
    return std::nullopt;
  }

  FirstRecord text_comes_again() const {
    for (std::size_t column = 0; column < first_.size(); ++column) {
      if (is_missing(first_[column])) continue;
      for (const Cells& cells : below_) {
        if (cells[column] != first_[column]) continue;
        return {Is::open, fmt::format("'{}' stands below it, too", first_[column])};
      }
    }
    return {Is::names, ""};
  }

  // 0, 1, 2, … or, behind a first cell that is empty, the same.
  bool numbers_are_positions() const {
    const std::size_t before = first_.front().empty() ? 1 : 0;
    std::size_t count = 0;
    for (std::size_t column = before; column < first_.size(); ++column) {
      if (!number(first_[column])) continue;
      if (plain_whole(first_[column]) != column - before) return false;
      ++count;
    }
    return count >= 2;
  }

  FirstRecord judge_positions() const {
    std::size_t count = 0;
    bool other_numbers = false;
    for (std::size_t column = 0; column < first_.size(); ++column) {
      if (!number(first_[column])) continue;
      ++count;
      for (const Cells& cells : below_) {
        other_numbers = other_numbers || (number(cells[column]) && !plain_whole(cells[column]));
      }
    }
    const std::string why = "its numbers are those of the columns";
    if (other_numbers && count >= fewest_in_a_row) return {Is::names, why};
    if (std::ranges::any_of(below_, counts)) return {Is::data, ""};
    return {Is::open, why};
  }

  // k, k + 1, k + 2, …
  static bool counts(const Cells& cells) {
    if (cells.size() < fewest_in_a_row) return false;
    const auto begin = plain_whole(cells.front());
    for (std::size_t column = 0; column < cells.size(); ++column) {
      if (!begin || plain_whole(cells[column]) != *begin + column) return false;
    }
    return true;
  }

  // A word of a column that has it nowhere else, though it has every other text twice at least.
  std::optional<std::string> lone_text() const {
    for (std::size_t column = 0; column < first_.size(); ++column) {
      if (!is_word(first_[column]) || below_.size() < fewest_rows_of_texts) continue;
      std::map<std::string_view, std::size_t> times;
      for (const Cells& cells : below_) ++times[cells[column]];
      const bool repeats =
          std::ranges::all_of(times, [](const auto& one) { return one.second > 1; });
      if (repeats && !times.contains(first_[column])) return first_[column];
    }
    return std::nullopt;
  }

  const Cells& first_;
  std::span<const Cells> below_;
  const CsvOptions& options_;
  const tables::ColumnChoice& choice_;
  tables::MissingTexts missing_;
};

}  // namespace

FirstRecord judge_first_record(const Cells& first, std::span<const Cells> below,
                               const CsvOptions& options, const tables::ColumnChoice& choice) {
  std::vector<Cells> rows;  // of as many columns
  for (const Cells& cells : below) {
    if (cells.size() == first.size()) rows.push_back(cells);
  }
  return Judge(first, rows, options, choice).judge();
}

}  // namespace tusk::csv
