// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>

#include <filesystem>
#include <string>

#include "layer_case.hpp"

using namespace tusk::formats;

// keras_computes_layers.py wrote the fixtures, and does the same with Keras itself.
TEST_CASE("layers compute what Keras does") {
  std::size_t cases = 0;
  for (const auto& entry : std::filesystem::directory_iterator(TUSK_LAYER_CASES)) {
    const std::string path = entry.path().string();
    CAPTURE(path);
    ModelContent content;
    const CaseErrors errors = compute_case(path, content);
    CHECK(errors.outputs <= 1e-5);
    CHECK(errors.gradients <= 1e-5);
    CHECK(errors.trained <= 1e-5);
    ++cases;
  }
  CHECK(cases >= 96);
}
