// SPDX-License-Identifier: Apache-2.0
#include "data/tables/time_text.hpp"

#include <charconv>
#include <chrono>

#include "data/tables/text.hpp"

namespace tusk::tables {
namespace {

// Takes a whole number of so many digits off the front of a text.
std::optional<int> take_number(std::string_view& text, std::size_t digits) {
  int number = 0;
  if (text.size() < digits) return std::nullopt;
  const auto [end, error] = std::from_chars(text.data(), text.data() + digits, number);
  if (error != std::errc() || end != text.data() + digits || text.front() == '-') {
    return std::nullopt;
  }
  text.remove_prefix(digits);
  return number;
}

bool take(std::string_view& text, char c) {
  if (!text.starts_with(c)) return false;
  text.remove_prefix(1);
  return true;
}

std::optional<double> take_days(std::string_view& text) {
  const auto year = take_number(text, 4);
  if (!year || !take(text, '-')) return std::nullopt;
  const auto month = take_number(text, 2);
  if (!month || !take(text, '-')) return std::nullopt;
  const auto day = take_number(text, 2);
  if (!day) return std::nullopt;
  const std::chrono::year_month_day date{std::chrono::year(*year),
                                         std::chrono::month(static_cast<unsigned>(*month)),
                                         std::chrono::day(static_cast<unsigned>(*day))};
  if (!date.ok()) return std::nullopt;
  return static_cast<double>(std::chrono::sys_days(date).time_since_epoch().count());
}

// "23:59:59.25" or "23:59", in seconds.
std::optional<double> take_clock(std::string_view& text) {
  const auto hours = take_number(text, 2);
  if (!hours || *hours > 23 || !take(text, ':')) return std::nullopt;
  const auto minutes = take_number(text, 2);
  if (!minutes || *minutes > 59) return std::nullopt;
  double seconds = 60.0 * (60.0 * *hours + *minutes);
  if (!take(text, ':')) return seconds;
  const auto whole = take_number(text, 2);
  if (!whole || *whole > 59) return std::nullopt;
  seconds += *whole;
  if (!text.starts_with('.')) return seconds;
  double fraction = 0.0;
  const auto [end, error] =
      std::from_chars(text.data(), text.data() + text.size(), fraction, std::chars_format::fixed);
  if (error != std::errc()) return std::nullopt;
  text.remove_prefix(static_cast<std::size_t>(end - text.data()));
  return seconds + fraction;
}

// "Z", "+01:00", "-0530" or nothing, in seconds.
std::optional<double> take_offset(std::string_view& text) {
  if (text.empty() || take(text, 'Z')) return 0.0;
  const double sign = text.starts_with('-') ? -1.0 : 1.0;
  if (!take(text, '+') && !take(text, '-')) return std::nullopt;
  const auto hours = take_number(text, 2);
  if (!hours || *hours > 23) return std::nullopt;
  take(text, ':');
  const auto minutes = take_number(text, 2);
  if (!minutes || *minutes > 59) return std::nullopt;
  return sign * 60.0 * (60.0 * *hours + *minutes);
}

}  // namespace

std::optional<double> parse_time(std::string_view text) {
  constexpr double day = 86'400.0;
  text = trimmed(text);
  const auto days = take_days(text);
  if (!days) return std::nullopt;
  if (text.empty()) return *days * day;
  if (!take(text, 'T') && !take(text, ' ')) return std::nullopt;
  const auto clock = take_clock(text);
  if (!clock) return std::nullopt;
  const auto offset = take_offset(text);
  if (!offset || !text.empty()) return std::nullopt;
  return *days * day + *clock - *offset;
}

}  // namespace tusk::tables
