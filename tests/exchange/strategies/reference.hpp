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
  Vector velocity = Vector(theta.size());  // delayed_nesterov's v
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
Rule reference_async_local_sgd(double rate, std::size_t workers);
Rule reference_delayed_nesterov(double rate, double mu, std::size_t delay, std::size_t workers);
Rule reference_aeasgd(double alpha);
Rule reference_gem(double mu, double kappa);

// The same a window late: what an exchange brings is taken over with the next one.
struct LateWorker {
  Vector x;
  Vector start;    // where the window's steps started from
  Vector brought;  // by the exchange before: θ, or E
  std::size_t id = 0;
  std::size_t seen = 0;          // the commits in what the window's steps started from
  std::size_t brought_seen = 0;  // and in what was brought
};
struct LateCenter {
  Vector theta;
  std::vector<std::size_t> by;  // whose commits
};

// A window; returns its commit's staleness.
using LateRule =
    std::function<std::size_t(LateCenter&, LateWorker&, const std::vector<Vector>& steps)>;

LateRule late_downpour();
LateRule late_adag();
LateRule late_dynsgd();
LateRule late_async_local_sgd(double rate, std::size_t workers);
LateRule late_aeasgd(double alpha);

}  // namespace tusk::strategies::testing
