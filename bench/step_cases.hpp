// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "experiment/model_options.hpp"
#include "experiment/optimizer_options.hpp"
#include "tusk/shape.hpp"

namespace tusk::bench {

// A network, an optimizer and a batch size whose training step is measured; without an optimizer,
// its inference.
struct StepCase {
  std::string name;
  Shape input;
  ModelOptions model;
  std::optional<OptimizerOptions> optimizer;
  std::size_t batch = 0;
  std::vector<std::size_t> places = {};  // where each kernel is applied in a sample; none: at one
};

// The networks of dist-keras's examples: ATLAS Higgs with dropout 0.4 and Adagrad, MNIST with
// dropout 0.2 and Adam, its convolutional network, and the one that predicts what comes through
// Kafka; and a residual network of 50 layers (He et al., 2016, for CIFAR-10).
std::vector<StepCase> step_cases();

// What one step of it takes, at best.
struct StepTimes {
  double forward_s = 0.0;    // in inference; loss and metrics included
  double backward_s = 0.0;   // all else of the gradient: dropout, too
  double optimizer_s = 0.0;  // what remains of step_s
  double step_s = 0.0;
  double gflops = 0.0;       // of the matrix products alone, over the whole step
  double peak_gflops = 0.0;  // of one core, the best of fma_peak_gflops() between the steps
  double traffic_s = 0.0;    // the best of LeastTraffic between the steps
  double traffic_gbps = 0.0;
  double memory_mb = 0.0;  // weights, gradients, the optimizer's state and the pass's memory

  // The products at the peak of so many cores, and, not at the same time, the least traffic by one:
  // what is to be reached, though a step that did both at once could be faster.
  double bound_s(std::size_t threads) const {
    return gflops * step_s / (peak_gflops * static_cast<double>(threads)) + traffic_s;
  }
};

StepTimes measure(const StepCase& step_case, std::size_t threads);

}  // namespace tusk::bench
