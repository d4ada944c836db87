// SPDX-License-Identifier: Apache-2.0
#include "number_room.hpp"

#include "tusk/core/error.hpp"

namespace tusk::io {

void fail_too_large(const std::string& number, ElementType type) {
  fail(ExitCode::bad_data, "{} is too large for {}{}", number, name_of(type),
       type == ElementType::f32 ? "; '--type float64' keeps it" : "");
}

}  // namespace tusk::io
