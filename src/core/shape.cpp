// SPDX-License-Identifier: Apache-2.0
#include "tusk/shape.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace tusk {

std::size_t Shape::elements() const {
  std::size_t product = 1;
  for (const std::size_t extent : extents_) product *= extent;
  return product;
}

std::string Shape::to_string() const {
  if (rank() == 1) return fmt::format("({},)", extents_[0]);
  return fmt::format("({})", fmt::join(extents_, ", "));
}

}  // namespace tusk
