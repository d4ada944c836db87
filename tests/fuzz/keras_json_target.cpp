// SPDX-License-Identifier: Apache-2.0
#include <string>

#include "net/formats/model_file.hpp"
#include "target.hpp"

// The JSON of a model's layers, and what a model was compiled with.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  return tusk::fuzz::try_reading(data, size, [](const std::string& path) {
    if (!tusk::formats::is_architecture(path)) return;
    const auto content = tusk::formats::load_without_weights(path, {});
    tusk::fuzz::must_hold(!content.layers.empty(), "a model has layers");
  });
}
