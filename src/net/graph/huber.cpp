// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cmath>

#include "net/graph/elementwise_loss.hpp"
#include "net/graph/losses.hpp"

namespace tusk::graph {
namespace {

// e²/2 where |e| ≤ δ, else δ|e| − δ²/2 (Huber 1964)
struct Huber {
  Real delta;
  Real value(Real e) const {
    const Real size = std::abs(e);
    return size <= delta ? Real{0.5} * e * e : delta * size - Real{0.5} * delta * delta;
  }
  Real slope(Real e) const { return std::clamp(e, -delta, delta); }
};

}  // namespace

std::unique_ptr<Loss> make_huber(double delta) {
  return std::make_unique<ElementwiseLoss<Huber>>(Huber{static_cast<Real>(delta)});
}

}  // namespace tusk::graph
