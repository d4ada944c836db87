// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <doctest/doctest.h>

#include <functional>
#include <string>

#include "tusk/error.hpp"

namespace tusk::test {

// How some work ended: with an error's exit code and message, or with `done` and "".
struct Outcome {
  ExitCode code = ExitCode::done;
  std::string message;

  // Whether it failed with this code and a message that holds this text.
  bool is(ExitCode expected, const std::string& text) const {
    return code == expected && message.find(text) != std::string::npos;
  }
};

inline Outcome outcome_of(const std::function<void()>& work) {
  try {
    work();
  } catch (const Error& error) {
    return {error.code(), error.what()};
  }
  return {};
}

}  // namespace tusk::test

// Checks that an expression throws Error with this exit code and a message that holds this text.
#define CHECK_FAILS(expression, expected_code, text)                                  \
  do {                                                                                \
    const auto outcome = tusk::test::outcome_of([&] { (void)(expression); });         \
    CHECK_MESSAGE(outcome.is(expected_code, text), "ended with exit code ",           \
                  static_cast<int>(outcome.code), " and message: ", outcome.message); \
  } while (false)
