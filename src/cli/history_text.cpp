// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <algorithm>
#include <cstdint>
#include <set>
#include <string>

#include "cli/inspection_text.hpp"
#include "core/units.hpp"
#include "data/datasets/read_blocks.hpp"
#include "data/hdf5/attributes.hpp"
#include "data/hdf5/file.hpp"

namespace tusk::cli {

std::string history_text(const hdf5::File& file) {
  std::set<std::uint32_t> workers;
  datasets::read_blocks<std::uint32_t>(file.dataset("steps/worker"), [&](auto block) {
    workers.insert(block.begin(), block.end());
  });
  double elapsed_s = 0.0;
  datasets::read_blocks<double>(file.dataset("steps/time_s"), [&](auto block) {
    elapsed_s = std::max(elapsed_s, std::ranges::max(block));
  });
  const hdf5::NumberDataset staleness = file.dataset("commits/staleness");
  double sum = 0.0;
  std::uint64_t highest = 0;
  datasets::read_blocks<std::uint64_t>(staleness, [&](auto block) {
    for (const std::uint64_t tau : block) {
      sum += static_cast<double>(tau);
      highest = std::max(highest, tau);
    }
  });
  std::string text = fmt::format("{} steps of {} workers in {}, {} commits",
                                 format_count(file.dataset("steps/worker").rows()), workers.size(),
                                 format_duration(elapsed_s), format_count(staleness.rows()));
  if (staleness.rows() > 0) {
    text += fmt::format(", staleness {:.2f} in the mean, {} at most",
                        sum / static_cast<double>(staleness.rows()), highest);
  }
  const std::int64_t every = hdf5::read_integer(file, "/", "every").value_or(1);
  if (every == 0) text += "; the run was to keep none";
  if (every > 1) text += fmt::format("; the run kept one of {}", every);
  return text + "\n";
}

}  // namespace tusk::cli
