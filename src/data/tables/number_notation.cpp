// SPDX-License-Identifier: Apache-2.0
#include "data/tables/number_notation.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cctype>

#include "data/tables/text.hpp"
#include "data/tables/time_text.hpp"
#include "tusk/error.hpp"

namespace tusk::tables {
namespace {

using namespace std::string_view_literals;

bool is_digit(char c) { return c >= '0' && c <= '9'; }

bool same_but_for_case(std::string_view text, std::string_view lower) {
  return std::ranges::equal(text, lower, {}, [](unsigned char c) { return std::tolower(c); });
}

// Numbers with what stands between those of a date or a time of day, in whatever order a country
// has them: 12:30, 1/2/2020, 1.2.2020.
bool looks_like_time(std::string_view text) {
  constexpr std::string_view between = ":/.- ";
  if (text.empty() || !is_digit(text.front()) || !is_digit(text.back())) return false;
  const auto is_between = [=](char c) { return between.find(c) != std::string_view::npos; };
  return std::ranges::all_of(text, [=](char c) { return is_digit(c) || is_between(c); }) &&
         (text.find_first_of(":/") != std::string_view::npos ||
          std::ranges::count_if(text, is_between) == 2);
}

// Moves digits from `text` to `out`; how many.
std::size_t move_digits(std::string_view& text, std::string& out) {
  const auto end = std::ranges::find_if_not(text, is_digit);
  const auto count = static_cast<std::size_t>(end - text.begin());
  out += text.substr(0, count);
  text.remove_prefix(count);
  return count;
}

void move_sign(std::string_view& text, std::string& out) {
  if (!text.starts_with('+') && !text.starts_with('-')) return;
  if (text.front() == '-') out += '-';
  text.remove_prefix(1);
}

// Digits with a separator between groups of three. False if the groups are none.
bool move_groups(std::string_view& text, char separator, std::string& out) {
  std::size_t digits = move_digits(text, out);
  if (separator == '\0' || !text.starts_with(separator)) return true;
  if (digits == 0 || digits > 3) return false;
  while (text.starts_with(separator)) {
    text.remove_prefix(1);
    digits = move_digits(text, out);
    if (digits != 3) return false;
  }
  return true;
}

// An exponent, if the text has one; false if it is none.
bool move_exponent(std::string_view& text, bool fortran, std::string& out) {
  if (text.empty()) return true;
  const bool letter = "eE"sv.find(text.front()) != std::string_view::npos ||
                      (fortran && "dD"sv.find(text.front()) != std::string_view::npos);
  const bool sign = text.front() == '+' || text.front() == '-';
  if (!letter && !(fortran && sign)) return false;
  if (letter) text.remove_prefix(1);
  out += 'e';
  move_sign(text, out);
  return move_digits(text, out) > 0;
}

bool reads(const NumberNotation& notation, std::string_view text) {
  std::string room;
  const auto plain = notation.plain(text, room);
  return plain && parse_number(*plain);
}

}  // namespace

bool NumberNotation::is_plain() const { return *this == NumberNotation{}; }

void NumberNotation::check() const {
  constexpr std::string_view possible = ",.' _";
  const bool known = possible.find(decimal) < 2 &&
                     (thousands == '\0' || possible.find(thousands) != std::string_view::npos);
  if (!known || decimal == thousands) {
    fail(ExitCode::usage,
         "--decimal is a point or a comma, and --thousands another one of point, comma, "
         "apostrophe, underscore and blank");
  }
}

std::optional<std::string_view> NumberNotation::plain(std::string_view text,
                                                      std::string& room) const {
  text = trimmed(text);
  if (is_plain()) return text;
  if (booleans) {
    if (const auto value = parse_boolean(text)) return value;
  }
  room.clear();
  std::string_view rest = text;
  move_sign(rest, room);
  if (rest.empty() || std::isalpha(static_cast<unsigned char>(rest.front())) != 0) return text;
  if (!move_groups(rest, thousands, room)) return std::nullopt;
  if (rest.starts_with(decimal)) {
    rest.remove_prefix(1);
    room += '.';
    move_digits(rest, room);
  }
  if (!move_exponent(rest, fortran, room) || !rest.empty()) return std::nullopt;
  return room;
}

std::string option_for_number(std::string_view text, const NumberNotation& now) {
  text = trimmed(text);
  if (now.decimal == ',' && reads({.decimal = ',', .thousands = '.'}, text)) {
    return "'--thousands .', if its point is between groups of digits,";
  }
  if (text.empty() || parse_number(text)) return "";
  const bool comma = reads({.decimal = ','}, text);
  const bool group = reads({.thousands = ','}, text);
  if (comma && group) return "'--decimal ,' or '--thousands ,', as its comma is meant,";
  if (comma) return "'--decimal ,'";
  if (group) return "'--thousands ,'";
  if (reads({.fortran = true}, text)) return "'--fortran'";
  if (reads({.decimal = ',', .fortran = true}, text)) return "'--decimal , --fortran'";
  for (const char decimal : {'.', ','}) {
    for (const char thousands : {'.', ',', '\'', ' ', '_'}) {
      if (decimal == thousands || !reads({.decimal = decimal, .thousands = thousands}, text)) {
        continue;
      }
      const std::string quoted(thousands == '\'' || thousands == ' '
                                   ? fmt::format("\"{}\"", thousands)
                                   : std::string(1, thousands));
      return decimal == '.' ? fmt::format("'--thousands {}'", quoted)
                            : fmt::format("'--decimal , --thousands {}'", quoted);
    }
  }
  return "";
}

std::string advice_on_cell(std::string_view text, std::string_view column,
                           const NumberNotation& now) {
  text = trimmed(text);
  if (const std::string option = option_for_number(text, now); !option.empty()) {
    return option + " reads such numbers";
  }
  if (now.decimal == ',' && parse_number(text)) {
    return "it has a point, but '--decimal ,' says that numbers have commas";
  }
  if (parse_boolean(text)) return "'--booleans' makes 1 and 0 of True and False";
  if (parse_time(text)) {
    return fmt::format("'--times {}' makes seconds since 1970 of dates and times", column);
  }
  if (looks_like_time(text)) {
    return fmt::format(
        "'--drop {}' leaves the column out, '--times {}' reads dates and times that are written as "
        "2026-11-30T12:30:01",
        column, column);
  }
  if (spells_missing(text)) return fmt::format("'--missing {}' if it stands for none", text);
  return "";
}

std::string advice_on_delimiter(std::string_view row, char delimiter) {
  const auto columns = [row](char c) { return std::ranges::count(row, c) + 1; };
  for (const char other : {';', '\t', '|', ',', ' '}) {
    if (other == delimiter || columns(other) < 2) continue;
    return fmt::format("'--delimiter {}'", other == '\t'  ? "tab"
                                           : other == ' ' ? "\" \""
                                                          : std::string(1, other));
  }
  return "";
}

bool spells_missing(std::string_view text) {
  constexpr std::array spellings{"na"sv,   "n/a"sv, "#n/a"sv,    "<na>"sv, "null"sv,
                                 "none"sv, "nil"sv, "missing"sv, "?"sv,    "-"sv,
                                 "--"sv,   "."sv,   "*"sv};
  return std::ranges::any_of(spellings,
                             [=](std::string_view one) { return same_but_for_case(text, one); });
}

std::optional<std::string_view> parse_boolean(std::string_view text) {
  if (same_but_for_case(text, "true")) return "1";
  if (same_but_for_case(text, "false")) return "0";
  return std::nullopt;
}

}  // namespace tusk::tables
