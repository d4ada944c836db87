// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <functional>
#include <vector>

// Every rule with a center once more, in double precision and as a few lines each: what the
// production code is compared with.
namespace tusk::strategies::testing {

using Vector = std::vector<double>;

struct ReferenceCenter {
  Vector theta;
  std::size_t commits = 0;
};

struct ReferenceWorker {
  Vector x;
  Vector pulled;            // x₀
  std::size_t version = 0;  // the commits that the last pull has seen
  Vector m = Vector(x.size());
  Vector previous = x;  // gem's θ_prev
};

// A window whose steps are x += steps[0], x += steps[1], …
using Rule =
    std::function<void(ReferenceCenter&, ReferenceWorker&, const std::vector<Vector>& steps)>;

Rule reference_downpour();
Rule reference_adag();
Rule reference_dynsgd();
Rule reference_experimental(double learning_rate);
Rule reference_aeasgd(double alpha);
Rule reference_gem(double mu, double kappa);

}  // namespace tusk::strategies::testing
