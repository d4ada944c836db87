// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>

// A reader under fuzzing: libFuzzer's entry point, which each NAME_target.cpp defines. The corpus
// test (replay.cpp) calls the same function. It returns 0, or ends the process.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

namespace tusk::fuzz {

// Gives `read` the path of a file (in memory) with these bytes. It may succeed or throw
// Error(bad_data); anything else ends the process. Returns 0.
int try_reading(const std::uint8_t* data, std::size_t size,
                const std::function<void(const std::string& path)>& read);

// Ends the process and says why, unless `holds`.
void must_hold(bool holds, const char* what);

}  // namespace tusk::fuzz
