// SPDX-License-Identifier: Apache-2.0
#include "net/graph/elementwise_loss.hpp"
#include "net/graph/losses.hpp"

namespace tusk::graph {
namespace {

// e²
struct SquaredError {
  static Real value(Real e) { return e * e; }
  static Real slope(Real e) { return Real{2} * e; }
};

}  // namespace

std::unique_ptr<Loss> make_mse() {
  return std::make_unique<ElementwiseLoss<SquaredError>>(SquaredError{});
}

}  // namespace tusk::graph
