// SPDX-License-Identifier: Apache-2.0
#include "data/samples/epoch_order.hpp"

#include <algorithm>
#include <numeric>

#include "core/random_order.hpp"

namespace tusk::samples {

void order_in_memory(const SampleOrder& order, std::uint64_t epoch,
                     std::vector<std::uint32_t>& positions) {
  std::iota(positions.begin(), positions.end(), 0U);
  if (!order.shuffle) return;
  Random random(order.seed, Stream::shuffle, order.worker, epoch);
  shuffle(positions, random);
}

std::vector<std::uint32_t> order_of_blocks(const StreamPlan& plan, const SampleOrder& order,
                                           std::uint64_t epoch) {
  if (!order.shuffle) return plan.blocks_in_order();
  Random random(order.seed, Stream::shuffle_blocks, order.worker, epoch);
  return plan.shuffled_blocks(random);
}

std::optional<Random> random_of_window(const StreamPlan& plan, const SampleOrder& order,
                                       std::uint64_t epoch, std::size_t window) {
  if (!order.shuffle) return std::nullopt;
  return Random(order.seed, Stream::shuffle, order.worker, epoch * plan.windows() + window);
}

std::vector<std::uint64_t> left_in_memory(std::size_t samples, const SampleOrder& order,
                                          std::uint64_t epoch, std::uint64_t taken) {
  std::vector<std::uint32_t> positions(samples);
  order_in_memory(order, epoch, positions);
  const auto first = static_cast<std::ptrdiff_t>(std::min<std::uint64_t>(taken, positions.size()));
  std::vector<std::uint64_t> left(positions.begin() + first, positions.end());
  std::ranges::sort(left);
  return left;
}

std::vector<std::uint64_t> left_in_stream(const StreamPlan& plan, const SampleOrder& order,
                                          std::uint64_t epoch, std::uint64_t taken) {
  const std::vector<std::uint32_t> blocks = order_of_blocks(plan, order, epoch);
  std::vector<std::uint64_t> left;
  for (std::size_t window = 0; window < plan.windows(); ++window) {
    const datasets::Block wanted = plan.window(window);
    std::vector<std::uint64_t> samples;  // of the window, as they come
    for (std::uint64_t i = wanted.begin; i < wanted.end; ++i) {
      const datasets::Block block = plan.block(blocks[i]);
      for (std::uint64_t position = block.begin; position < block.end; ++position) {
        samples.push_back(position);
      }
    }
    const auto here = std::min<std::uint64_t>(taken, samples.size());
    taken -= here;
    if (here == samples.size()) continue;
    if (auto random = random_of_window(plan, order, epoch, window)) {
      put_in_random_order(samples, *random);
    }
    left.insert(left.end(), samples.begin() + static_cast<std::ptrdiff_t>(here), samples.end());
  }
  std::ranges::sort(left);
  return left;
}

}  // namespace tusk::samples
