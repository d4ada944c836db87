// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>
#include <string>
#include <string_view>

namespace tusk {

// For error messages: "; did you mean 'epochs'?" when one of `candidates` is within two edits of
// `word` (or a third of its length), otherwise "".
std::string did_you_mean(std::string_view word, std::span<const std::string> candidates);

}  // namespace tusk
