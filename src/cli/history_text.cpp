// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <algorithm>
#include <cstdint>
#include <filesystem>
#include <set>
#include <string>

#include "cli/inspection_text.hpp"
#include "core/units.hpp"
#include "data/datasets/read_blocks.hpp"
#include "data/hdf5/attributes.hpp"
#include "data/hdf5/file.hpp"
#include "run/records/history_file.hpp"
#include "tusk/error.hpp"

namespace tusk::cli {
namespace {

// What the rows of histories come to.
struct Rows {
  std::uint64_t steps = 0;
  std::set<std::uint32_t> workers{};
  double elapsed_s = 0.0;
  std::uint64_t commits = 0;
  double staleness_sum = 0.0;
  std::uint64_t staleness_max = 0;

  void add(const hdf5::File& file);
  std::string text() const;
};

void Rows::add(const hdf5::File& file) {
  steps += file.dataset("steps/worker").rows();
  datasets::read_blocks<std::uint32_t>(file.dataset("steps/worker"), [&](auto block) {
    workers.insert(block.begin(), block.end());
  });
  datasets::read_blocks<double>(file.dataset("steps/time_s"), [&](auto block) {
    elapsed_s = std::max(elapsed_s, std::ranges::max(block));
  });
  const hdf5::NumberDataset staleness = file.dataset("commits/staleness");
  commits += staleness.rows();
  datasets::read_blocks<std::uint64_t>(staleness, [&](auto block) {
    for (const std::uint64_t tau : block) {
      staleness_sum += static_cast<double>(tau);
      staleness_max = std::max(staleness_max, tau);
    }
  });
}

std::string Rows::text() const {
  std::string text = fmt::format("{} steps of {} workers in {}, {} commits", format_count(steps),
                                 workers.size(), format_duration(elapsed_s), format_count(commits));
  if (commits == 0) return text;
  return text + fmt::format(", staleness {:.2f} in the mean, {} at most",
                            staleness_sum / static_cast<double>(commits), staleness_max);
}

// Of a tree: the rows of its nodes' files, which lie beside it. One that is not there, or damaged,
// is named.
std::string nodes_text(const hdf5::File& index, Rows& rows) {
  const std::filesystem::path directory = std::filesystem::path(index.path()).parent_path();
  std::set<std::uint32_t> numbers;
  std::uint64_t relays = 0;
  datasets::read_blocks<std::uint32_t>(
      index.dataset("nodes/file"), [&](auto block) { numbers.insert(block.begin(), block.end()); });
  datasets::read_blocks<std::uint32_t>(index.dataset("nodes/node"), [&](auto block) {
    relays = std::max<std::uint64_t>(relays, std::ranges::max(block) + 1);
  });
  std::string missing;
  for (const std::uint32_t number : numbers) {
    const std::string path = (directory / records::node_history(number)).string();
    try {
      rows.add(hdf5::File::open(path));
    } catch (const Error& error) {
      missing += fmt::format("\nnot counted: {}", error.what());
    }
  }
  return fmt::format("; {} nodes, {} exchanges of their relays{}", relays,
                     format_count(index.dataset("merges/relay").rows()), missing);
}

}  // namespace

std::string history_text(const hdf5::File& file) {
  Rows rows;
  if (file.has_group("steps")) rows.add(file);
  const std::string of_nodes = file.has_group("nodes") ? nodes_text(file, rows) : "";
  std::string text = rows.text();
  const std::int64_t every = hdf5::read_integer(file, "/", "every").value_or(1);
  if (every == 0) text += "; the run was to keep none";
  if (every > 1) text += fmt::format("; the run kept one of {}", every);
  return text + of_nodes + "\n";
}

}  // namespace tusk::cli
