// SPDX-License-Identifier: Apache-2.0
#include "tusk/optimizer.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <numeric>

#include "tusk/error.hpp"

namespace tusk::optim {
namespace {

// The 2-norm, in double precision and in an order that depends on nothing but the length.
double norm(std::span<const float> values) {
  std::array<double, 16> sums{};
  std::size_t i = 0;
  for (; i + sums.size() <= values.size(); i += sums.size()) {
    for (std::size_t lane = 0; lane < sums.size(); ++lane) {
      const double value = values[i + lane];
      sums[lane] += value * value;
    }
  }
  for (; i < values.size(); ++i) sums[0] += double{values[i]} * values[i];
  return std::sqrt(std::accumulate(sums.begin(), sums.end(), 0.0));
}

// What to multiply gradients with, so that their norm is at most `limit`.
float clip_scale(std::span<const float> gradients, double limit) {
  const double length = norm(gradients);
  return length > limit ? static_cast<float>(limit / length) : 1.0F;
}

}  // namespace

Optimizer::Optimizer(const CommonOptions& common)
    : learning_rate_(common.learning_rate),
      weight_decay_(common.weight_decay),
      clipnorm_(common.clipnorm),
      global_clipnorm_(common.global_clipnorm),
      clipvalue_(common.clipvalue),
      array_sizes_(common.array_sizes.begin(), common.array_sizes.end()),
      size_(std::accumulate(array_sizes_.begin(), array_sizes_.end(), std::size_t{0})) {}

void Optimizer::step(std::span<float> weights, std::span<float> gradients) {
  if (weights.size() != size_ || gradients.size() != size_) {
    fail(ExitCode::internal, "a step of {} weights by {} gradients for an optimizer of {}",
         weights.size(), gradients.size(), size_);
  }
  begin_step();
  if (clipnorm_) {
    std::size_t offset = 0;
    for (const std::size_t size : array_sizes_) {
      const std::span<float> array = gradients.subspan(offset, size);
      step_range(offset, weights.subspan(offset, size), array, clip_scale(array, *clipnorm_));
      offset += size;
    }
  } else {
    step_range(0, weights, gradients,
               global_clipnorm_ ? clip_scale(gradients, *global_clipnorm_) : 1.0F);
  }
}

void Optimizer::step_range(std::size_t offset, std::span<float> weights, std::span<float> gradients,
                           float scale) {
  constexpr std::size_t part_size = 1024;  // with three pieces of state, 20 KiB
  const auto decay = static_cast<float>(weight_decay_);
  const float rate = this->rate();
  for (std::size_t begin = 0; begin < weights.size(); begin += part_size) {
    const std::size_t count = std::min(part_size, weights.size() - begin);
    const std::span<float> x = weights.subspan(begin, count);
    const std::span<float> g = gradients.subspan(begin, count);
    if (scale != 1.0F) {
      for (float& value : g) value *= scale;
    }
    if (clipvalue_) {
      const auto limit = static_cast<float>(*clipvalue_);
      for (float& value : g) value = std::clamp(value, -limit, limit);
    }
    if (decay != 0.0F) {
      for (float& value : x) value -= value * decay * rate;
    }
    update({offset + begin, x, g});
  }
}

std::span<float> Optimizer::add_state(const char* name, std::size_t count, float initial) {
  state_.push_back({name, initial, AlignedVector<float>(count, initial)});
  return state_.back().values;
}

std::vector<StateArray> Optimizer::state() {
  std::vector<StateArray> arrays;
  for (Memory& piece : state_) arrays.push_back({piece.name, piece.values});
  return arrays;
}

void Optimizer::keep(State& state) {
  state("iterations", iterations_);
  state("learning_rate", learning_rate_);
  for (Memory& piece : state_) state(piece.name, std::span(piece.values));
}

void Optimizer::reset() {
  iterations_ = 0;
  for (Memory& piece : state_) {
    std::fill(piece.values.begin(), piece.values.end(), piece.initial);
  }
}

}  // namespace tusk::optim
