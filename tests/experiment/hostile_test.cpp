// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>

#include <algorithm>

#include "experiment/example.hpp"
#include "tusk/random.hpp"

using namespace tusk;

namespace {

// Whether the text is read, or rejected with exit code 78 in one printable line.
bool is_handled(std::string_view text, const Overrides& overrides = {}) {
  const std::string said = complaint(text, overrides);
  const bool has_control = std::any_of(said.begin(), said.end(), [](char c) {
    return static_cast<unsigned char>(c) < 0x20 || c == 0x7F;
  });
  return said != "wrong exit code" && !has_control;
}

std::string repeated(std::string_view text, std::size_t times) {
  std::string all;
  for (std::size_t i = 0; i < times; ++i) all += text;
  return all;
}

}  // namespace

TEST_CASE("every beginning of a file is read or rejected") {
  for (std::size_t length = 0; length <= example.size(); ++length) {
    CAPTURE(length);
    CHECK(is_handled(example.substr(0, length)));
  }
}

TEST_CASE("a file with random bytes changed is read or rejected") {
  Random random(1, Stream::shuffle);
  for (int attempt = 0; attempt < 20000; ++attempt) {
    std::string text(example);
    const std::uint64_t edits = 1 + random.below(3);
    for (std::uint64_t edit = 0; edit < edits; ++edit) {
      const std::size_t at = random.below(text.size());
      const char byte = static_cast<char>(random.below(256));
      switch (random.below(3)) {
        case 0:
          text[at] = byte;
          break;
        case 1:
          text.insert(at, 1, byte);
          break;
        default:
          text.erase(at, 1);
      }
    }
    CAPTURE(text);
    CHECK(is_handled(text));
  }
}

TEST_CASE("a random override is taken or rejected") {
  Random random(2, Stream::shuffle);
  const std::string alphabet = "abmodel.layers.0.units=[]{}\"'\\#,1e-3 \n\xc3\xff";
  for (int attempt = 0; attempt < 20000; ++attempt) {
    std::string override = "a";
    const std::uint64_t length = random.below(24);
    for (std::uint64_t i = 0; i < length; ++i) {
      override += alphabet[random.below(alphabet.size())];
    }
    override += "=" + override.substr(override.size() / 2);
    CAPTURE(override);
    CHECK(is_handled(example, {override}));
  }
}

TEST_CASE("nesting without end is rejected before the stack overflows") {
  CHECK(is_handled(repeated("a.", 500000) + "a = 1"));
  CHECK(is_handled("[" + repeated("a.", 500000) + "a]"));
  CHECK(is_handled("a = " + repeated("[", 500000)));
  CHECK(is_handled("a = " + repeated("{a = ", 100000)));
  CHECK(is_handled("a = " + repeated("[\n{" + repeated("a.", 200) + "a = ", 256)));
  CHECK(is_handled(repeated("a.", 4900) + "a = 1"));
  CHECK(is_handled(example, {repeated("a.", 60000) + "a=1"}));
  CHECK(is_handled(example, {"name=" + repeated("[", 60000)}));
}
