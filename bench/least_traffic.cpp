// SPDX-License-Identifier: Apache-2.0
#include "least_traffic.hpp"

#include <algorithm>

#include "timing.hpp"

namespace tusk::bench {
namespace {

constexpr std::size_t block =
    1024;  // elements of each array in turn, as an update goes through them

// noipa: as written, though nobody uses what it finds.
[[gnu::noipa]] float read_all(const float* from, std::size_t count) {
  constexpr std::size_t sums = 64;  // independent ones, which vectorize
  float sum[sums]{};
  for (std::size_t i = 0; i + sums <= count; i += sums) {
    for (std::size_t lane = 0; lane < sums; ++lane) sum[lane] += from[i + lane];
  }
  return sum[0];
}

[[gnu::noipa]] void read_and_write(float* values, std::size_t count, float factor) {
  for (std::size_t i = 0; i < count; ++i) values[i] *= factor;
}

}  // namespace

double LeastTraffic::bytes() const {
  const std::size_t moved = 1 + 2 * updated_;
  return static_cast<double>(moved * arrays_.front().size() * sizeof(float));
}

double LeastTraffic::seconds() {
  const std::size_t size = arrays_.front().size();
  const double start = now_s();
  volatile float sink = read_all(arrays_.front().data(), size);
  (void)sink;
  for (std::size_t i = 0; i < size; i += block) {
    for (std::size_t array = 0; array < updated_; ++array) {
      read_and_write(&arrays_[array][i], std::min(block, size - i), 1.0F);
    }
  }
  return now_s() - start;
}

}  // namespace tusk::bench
