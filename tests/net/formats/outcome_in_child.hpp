// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <functional>
#include <string>
#include <vector>

namespace tusk::test {

// How work(0) … work(count - 1) end in a process of their own, which they may bring down (the next
// then goes on with what is left): "done"; "error", which is a tusk::Error that blames the input;
// or what must not be: "exit code 70: …", "exception: …", "hang" (10 s), "memory" (above 1 GiB),
// "crash" or, if libhdf5 called what crashed, "crash in libhdf5: H5O_…" with the innermost of its
// functions that has a name.
std::vector<std::string> outcomes_in_child(std::size_t count,
                                           const std::function<void(std::size_t)>& work);

}  // namespace tusk::test
