// SPDX-License-Identifier: Apache-2.0
#include "reference.hpp"

#include <algorithm>
#include <cmath>

namespace tusk::strategies::testing {
namespace {

void walk(ReferenceWorker& worker, const std::vector<Vector>& steps) {
  for (const Vector& step : steps) {
    for (std::size_t i = 0; i < step.size(); ++i) worker.x[i] += step[i];
  }
}

void pull(ReferenceCenter& center, ReferenceWorker& worker) {
  worker.x = worker.pulled = center.theta;
  worker.version = center.commits;
}

// factor(θ, x₀, τ, m) times the window's delta.
template <typename Factor>
Rule windowed(Factor factor) {
  return [=](ReferenceCenter& center, ReferenceWorker& worker, const std::vector<Vector>& steps) {
    walk(worker, steps);
    const auto staleness = static_cast<double>(center.commits - worker.version);
    const auto m = static_cast<double>(steps.size());
    for (std::size_t i = 0; i < worker.x.size(); ++i) {
      double& theta = center.theta[i];
      theta += factor(theta, worker.pulled[i], staleness, m) * (worker.x[i] - worker.pulled[i]);
    }
    ++center.commits;
    pull(center, worker);
  };
}

}  // namespace

Rule reference_downpour() {
  return windowed([](double, double, double, double) { return 1.0; });
}

Rule reference_adag() {
  return windowed([](double, double, double, double m) { return 1.0 / m; });
}

Rule reference_dynsgd() {
  return windowed([](double, double, double staleness, double) { return 1.0 / (staleness + 1.0); });
}

Rule reference_experimental(double learning_rate) {
  return windowed([=](double theta, double pulled, double, double m) {
    return 1.0 / ((theta - pulled) * (theta - pulled) / learning_rate + 1.0) / m;
  });
}

Rule reference_aeasgd(double alpha) {
  return [=](ReferenceCenter& center, ReferenceWorker& worker, const std::vector<Vector>& steps) {
    for (std::size_t i = 0; i < worker.x.size(); ++i) {
      const double force = alpha * (worker.x[i] - center.theta[i]);
      center.theta[i] += force;
      worker.x[i] -= force;
    }
    walk(worker, steps);
  };
}

Rule reference_gem(double mu, double kappa) {
  return [=](ReferenceCenter& center, ReferenceWorker& worker, const std::vector<Vector>& steps) {
    const Vector start = worker.x;
    walk(worker, steps);
    for (std::size_t i = 0; i < start.size(); ++i) {
      const double u = worker.x[i] - start[i];
      worker.m[i] = mu * worker.m[i] + u;
      const double theta = center.theta[i];
      const double energy = kappa * std::abs(worker.m[i]) - std::abs(theta - worker.previous[i]);
      const double scaled = std::clamp(energy / std::abs(u + 1e-12), 0.0, 5.0) * u;
      worker.previous[i] = theta;
      worker.x[i] = center.theta[i] = theta + scaled;
    }
  };
}

}  // namespace tusk::strategies::testing
