// SPDX-License-Identifier: Apache-2.0
#include "core/units.hpp"

#include <fmt/format.h>

#include <array>
#include <cctype>
#include <charconv>
#include <cmath>
#include <utility>

namespace tusk {
namespace {

constexpr std::array<std::pair<std::string_view, double>, 10> byte_units{{{"", 1.0},
                                                                          {"b", 1.0},
                                                                          {"kb", 1e3},
                                                                          {"mb", 1e6},
                                                                          {"gb", 1e9},
                                                                          {"tb", 1e12},
                                                                          {"kib", 0x1.0p10},
                                                                          {"mib", 0x1.0p20},
                                                                          {"gib", 0x1.0p30},
                                                                          {"tib", 0x1.0p40}}};

constexpr std::array<std::pair<std::string_view, double>, 8> duration_units{{{"s", 1.0},
                                                                             {"sec", 1.0},
                                                                             {"m", 60.0},
                                                                             {"min", 60.0},
                                                                             {"h", 3600.0},
                                                                             {"hours", 3600.0},
                                                                             {"d", 86400.0},
                                                                             {"days", 86400.0}}};

std::string lower_without_spaces(std::string_view text) {
  std::string out;
  for (const char c : text) {
    if (c != ' ') out += static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  }
  return out;
}

}  // namespace

std::optional<std::uint64_t> parse_bytes(std::string_view text) {
  const std::string compact = lower_without_spaces(text);
  double value = 0.0;
  const auto [end, error] = std::from_chars(compact.data(), compact.data() + compact.size(), value);
  if (error != std::errc() || !(value >= 0.0)) return std::nullopt;
  const std::string_view unit(end, compact.data() + compact.size());
  double factor = 0.0;
  for (const auto& [name, bytes] : byte_units) {
    if (unit == name) factor = bytes;
  }
  const double bytes = std::round(value * factor);
  if (factor == 0.0 || bytes >= 0x1.0p63) return std::nullopt;
  return static_cast<std::uint64_t>(bytes);
}

std::optional<double> parse_duration(std::string_view text) {
  const std::string compact = lower_without_spaces(text);
  double value = 0.0;
  const auto [end, error] = std::from_chars(compact.data(), compact.data() + compact.size(), value);
  if (error != std::errc() || !(value > 0.0) || !std::isfinite(value)) return std::nullopt;
  const std::string_view unit(end, compact.data() + compact.size());
  for (const auto& [name, seconds] : duration_units) {
    if (unit == name) return value * seconds;
  }
  return std::nullopt;
}

std::optional<Interval> parse_interval(std::string_view text) {
  const std::string compact = lower_without_spaces(text);
  if (compact == "never") return Interval{};
  if (const auto seconds = parse_duration(text)) return Interval{.seconds = seconds};
  std::uint64_t count = 0;
  const auto [end, error] = std::from_chars(compact.data(), compact.data() + compact.size(), count);
  if (error != std::errc() || count == 0) return std::nullopt;
  const std::string_view unit(end, compact.data() + compact.size());
  if (unit == "step" || unit == "steps") return Interval{.steps = count};
  if (unit == "epoch" || unit == "epochs") return Interval{.epochs = count};
  return std::nullopt;
}

std::optional<std::uint64_t> parse_thinning(std::string_view text) {
  if (text == "all") return 1;
  if (text == "none") return 0;
  constexpr std::string_view intro = "every:";
  if (!text.starts_with(intro)) return std::nullopt;
  text.remove_prefix(intro.size());
  std::uint64_t every = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), every);
  if (error != std::errc() || end != text.data() + text.size() || every == 0) return std::nullopt;
  return every;
}

std::string format_bytes(std::uint64_t bytes) {
  constexpr std::array names{"B", "KiB", "MiB", "GiB", "TiB"};
  double value = static_cast<double>(bytes);
  std::size_t unit = 0;
  while (value >= 1024.0 && unit + 1 < names.size()) {
    value /= 1024.0;
    ++unit;
  }
  const bool whole = value == std::floor(value) || value >= 100.0;
  return fmt::format("{:.{}f} {}", value, whole ? 0 : 1, names[unit]);
}

std::string format_count(std::uint64_t count) {
  std::string digits = std::to_string(count);
  for (std::ptrdiff_t at = std::ssize(digits) - 3; at > 0; at -= 3) {
    digits.insert(static_cast<std::size_t>(at), 1, ',');
  }
  return digits;
}

std::string format_duration(double seconds) {
  if (seconds < 59.95) return fmt::format("{:.1f} s", seconds);
  const auto whole = static_cast<std::uint64_t>(std::llround(seconds));
  if (whole < 3600) return fmt::format("{} min {:02} s", whole / 60, whole % 60);
  return fmt::format("{} h {:02} min", whole / 3600, whole % 3600 / 60);
}

}  // namespace tusk
