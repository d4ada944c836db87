// SPDX-License-Identifier: Apache-2.0
#include "use/evaluation/evaluation.hpp"

#include <algorithm>

namespace tusk::evaluation {
namespace {

constexpr std::size_t multiplications_per_slice = 32'000'000;  // about a millisecond

}  // namespace

std::size_t slice_rows(const graph::Model& model) {
  const std::size_t parameters = std::max<std::size_t>(model.parameter_count(), 1);
  return std::clamp<std::size_t>(multiplications_per_slice / parameters, 16, 256);
}

Evaluation::Evaluation(const graph::Model& model, const samples::SampleSource& samples,
                       std::size_t threads)
    : model_(model),
      batches_(samples, {.batch_size = slice_rows(model), .shuffle = false}),
      workspace_(model.make_workspace(slice_rows(model), false, threads)) {}

void Evaluation::start(std::span<const float> weights) {
  weights_.assign(weights.begin(), weights.end());
  score_ = {};
  batches_.start_epoch(1);
}

bool Evaluation::advance() {
  const auto batch = batches_.next();
  if (!batch) return false;
  score_ += model_.evaluate(weights_, batch->inputs, batch->labels, workspace_);
  return true;
}

}  // namespace tusk::evaluation
