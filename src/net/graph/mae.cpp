// SPDX-License-Identifier: Apache-2.0
#include <cmath>

#include "net/graph/elementwise_loss.hpp"
#include "net/graph/losses.hpp"

namespace tusk::graph {
namespace {

// |e|
struct AbsoluteError {
  static Real value(Real e) { return std::abs(e); }
  static Real slope(Real e) { return e == Real{0} ? Real{0} : std::copysign(Real{1}, e); }
};

}  // namespace

std::unique_ptr<Loss> make_mae() {
  return std::make_unique<ElementwiseLoss<AbsoluteError>>(AbsoluteError{});
}

}  // namespace tusk::graph
