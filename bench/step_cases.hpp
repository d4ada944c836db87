// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "tusk/experiment/model_options.hpp"
#include "tusk/experiment/optimizer_options.hpp"

namespace tusk::bench {

// A network, an optimizer and a batch size whose training step is measured.
struct StepCase {
  std::string name;
  std::size_t features = 0;
  ModelOptions model;
  OptimizerOptions optimizer;
  std::size_t batch = 0;
};

// The networks of dist-keras's examples: ATLAS Higgs with dropout 0.4 and Adagrad, MNIST with
// dropout 0.2 and Adam.
std::vector<StepCase> step_cases();

// What one step of it took.
struct StepTimes {
  double forward_s = 0.0;   // loss and metrics included, in inference
  double backward_s = 0.0;  // the rest of the step but the optimizer: dropout, too
  double optimizer_s = 0.0;
  double step_s = 0.0;  // all of it in turns, as a worker does it
  double flops = 0.0;   // of the matrix products alone
};

StepTimes measure(const StepCase& step_case);

}  // namespace tusk::bench
