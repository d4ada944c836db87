// SPDX-License-Identifier: Apache-2.0
#include "reference.hpp"

#include <algorithm>
#include <cmath>
#include <memory>

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

// The others' commits since those that the worker's steps have seen; adds its own.
std::size_t take_turn(LateCenter& center, LateWorker& worker) {
  std::size_t staleness = 0;
  for (std::size_t i = worker.seen; i < center.by.size(); ++i) {
    if (center.by[i] != worker.id) ++staleness;
  }
  center.by.push_back(worker.id);
  worker.seen = worker.brought_seen;
  worker.brought_seen = center.by.size();
  return staleness;
}

// part(m) of the window's change is the worker's delta, weight(τ) of which gets into the center.
template <typename Part, typename Weight>
LateRule late(Part part, Weight weight) {
  return [=](LateCenter& center, LateWorker& worker, const std::vector<Vector>& steps) {
    for (const Vector& step : steps) {
      for (std::size_t i = 0; i < step.size(); ++i) worker.x[i] += step[i];
    }
    const std::size_t staleness = take_turn(center, worker);
    const double share = part(static_cast<double>(steps.size()));
    for (std::size_t i = 0; i < worker.x.size(); ++i) {
      const double delta = share * (worker.x[i] - worker.start[i]);
      worker.x[i] = worker.start[i] = worker.brought[i] + delta;
      center.theta[i] += weight(static_cast<double>(staleness)) * delta;
    }
    worker.brought = center.theta;
    return staleness;
  };
}

double all_of_it(double /*m or staleness*/) { return 1.0; }

}  // namespace

LateRule late_downpour() { return late(all_of_it, all_of_it); }

LateRule late_adag() {
  return late([](double m) { return 1.0 / m; }, all_of_it);
}

LateRule late_async_local_sgd(double rate, std::size_t workers) {
  return late([=](double) { return rate / static_cast<double>(workers); }, all_of_it);
}

LateRule late_dynsgd() {
  return late(all_of_it, [](double staleness) { return 1.0 / (staleness + 1.0); });
}

LateRule late_aeasgd(double alpha) {
  return [=](LateCenter& center, LateWorker& worker, const std::vector<Vector>& steps) {
    const std::size_t staleness = take_turn(center, worker);
    for (std::size_t i = 0; i < worker.x.size(); ++i) {
      worker.x[i] -= worker.brought[i];
      worker.brought[i] = alpha * (worker.x[i] - center.theta[i]);
      center.theta[i] += worker.brought[i];
      for (const Vector& step : steps) worker.x[i] += step[i];
    }
    return staleness;
  };
}

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

Rule reference_async_local_sgd(double rate, std::size_t workers) {
  return windowed(
      [=](double, double, double, double) { return rate / static_cast<double>(workers); });
}

// As the paper has it: the changes are added up, and their mean moves v.
Rule reference_delayed_nesterov(double rate, double mu, std::size_t delay, std::size_t workers) {
  auto changes = std::make_shared<std::vector<Vector>>();
  return [=](ReferenceCenter& center, ReferenceWorker& worker, const std::vector<Vector>& steps) {
    walk(worker, steps);
    Vector change(worker.x.size());
    for (std::size_t i = 0; i < change.size(); ++i) {
      change[i] = worker.x[i] - worker.pulled[i];
      center.theta[i] += rate / static_cast<double>(workers) * change[i];
    }
    changes->push_back(change);
    if (++center.commits % delay == 0) {
      for (std::size_t i = 0; i < change.size(); ++i) {
        double mean = 0.0;
        for (const Vector& one : *changes) mean += one[i] / static_cast<double>(delay);
        center.velocity[i] = mu * center.velocity[i] + mean;
        center.theta[i] += rate * mu * center.velocity[i];
      }
      changes->clear();
    }
    pull(center, worker);
  };
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
