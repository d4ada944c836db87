// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <cstddef>

#include "experiment/simulate_options.hpp"
#include "tusk/state.hpp"

namespace tusk::simulation {

// What an exchange of vectors costs, in virtual seconds: latency + bytes/bandwidth.
class Network {
 public:
  // A vector of `elements` numbers, one a parameter of what is computed with, stands for one of
  // `parameters`. The two differ when only times are of interest.
  Network(const SimulateOptions& options, std::size_t elements, std::size_t parameters)
      : options_(options), elements_(elements), parameters_(parameters) {}

  // What an exchange of `count` vectors with `elements` numbers each costs.
  double vectors_s(std::size_t count, std::size_t elements, std::size_t number_bytes) const {
    const std::size_t beyond = elements - std::min(elements, elements_);
    const std::size_t real = elements < elements_ ? elements : parameters_ + beyond;
    return bytes_s(count * real * number_bytes);
  }
  double bytes_s(std::size_t bytes) const {
    return options_.latency + static_cast<double>(bytes) / options_.bandwidth;
  }

 private:
  SimulateOptions options_;
  std::size_t elements_;
  std::size_t parameters_;
};

// The parameter server: takes one exchange at a time, in the order of arrival.
class Server {
 public:
  // When an exchange that arrives at `arrival_s`, and takes `cost_s`, is complete. Called in the
  // order of arrival.
  double serve(double arrival_s, double cost_s) {
    free_s_ = std::max(arrival_s, free_s_) + cost_s;
    return free_s_;
  }
  void keep(State& state) { state("free_s", free_s_); }

 private:
  double free_s_ = 0.0;
};

}  // namespace tusk::simulation
