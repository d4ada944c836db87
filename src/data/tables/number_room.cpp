// SPDX-License-Identifier: Apache-2.0
#include "data/tables/number_room.hpp"

#include "tusk/error.hpp"

namespace tusk::tables {

void fail_too_large(const std::string& number, ElementType type) {
  fail(ExitCode::bad_data, "{} is too large for {}{}", number, name_of(type),
       type == ElementType::f32 ? "; '--type float64' keeps it" : "");
}

}  // namespace tusk::tables
