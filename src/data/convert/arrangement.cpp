// SPDX-License-Identifier: Apache-2.0
#include "data/convert/arrangement.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <filesystem>
#include <string_view>

#include "tusk/error.hpp"

namespace tusk::convert {
namespace {

// So many equal parts, for cross-validation; none if the text is no number.
std::vector<SplitPart> parse_folds(const std::string& text) {
  constexpr std::size_t most_folds = 100;
  std::size_t count = 0;
  const char* const last = text.data() + text.size();
  const auto [end, error] = std::from_chars(text.data(), last, count);
  if (end != last || error != std::errc()) return {};
  if (count < 2 || count > most_folds) {
    fail(ExitCode::usage, "--split {}: expected 2 to {} equal parts", text, most_folds);
  }
  std::vector<SplitPart> parts;
  for (std::size_t i = 1; i <= count; ++i) {
    parts.push_back({"fold" + std::to_string(i), 1.0 / static_cast<double>(count)});
  }
  return parts;
}

SplitPart parse_part(std::string_view text) {
  const std::size_t equals = std::min(text.find('='), text.size());
  SplitPart part{std::string(text.substr(0, equals)), 0.0};
  const std::string_view number = text.substr(std::min(equals + 1, text.size()));
  const char* const last = number.data() + number.size();
  const auto [end, error] = std::from_chars(number.data(), last, part.fraction);
  const bool named = !part.name.empty() && part.name.find('/') == std::string::npos;
  if (!named || error != std::errc() || end != last || !(part.fraction > 0.0)) {
    fail(ExitCode::usage,
         "--split: expected NAME=FRACTION,… as in train=0.6,test=0.4, or a number of equal parts, "
         "not '{}'",
         text);
  }
  return part;
}

}  // namespace

std::vector<SplitPart> parse_split(const std::string& text) {
  std::vector<SplitPart> parts = parse_folds(text);
  if (!parts.empty()) return parts;
  double sum = 0.0;
  for (std::size_t begin = 0; begin <= text.size();) {
    const std::size_t end = std::min(text.find(',', begin), text.size());
    const SplitPart part = parse_part(std::string_view(text).substr(begin, end - begin));
    if (std::ranges::count(parts, part.name, &SplitPart::name) > 0) {
      fail(ExitCode::usage, "--split: two parts are called '{}'", part.name);
    }
    sum += part.fraction;
    parts.push_back(part);
    begin = end + 1;
  }
  if (std::abs(sum - 1.0) > 1e-9) {
    fail(ExitCode::usage, "--split: the fractions add up to {}, not to 1", sum);
  }
  for (SplitPart& part : parts) part.fraction /= sum;
  if (parts.size() < 2) fail(ExitCode::usage, "--split: there is one part only");
  return parts;
}

std::string path_of_part(const std::string& path, const std::string& name) {
  const std::filesystem::path whole(path);
  const std::string file = whole.stem().string() + "-" + name + whole.extension().string();
  return (whole.parent_path() / file).string();
}

}  // namespace tusk::convert
