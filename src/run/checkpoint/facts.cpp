// SPDX-License-Identifier: Apache-2.0
#include "run/checkpoint/facts.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <system_error>

#include "data/hdf5/checksum.hpp"
#include "exchange/center/center_server.hpp"
#include "exchange/center/control_board.hpp"

namespace tusk::checkpoint {

void DataFile::keep(State& state) {
  state("part", part);
  state("path", path);
  state("checksum", checksum);
}

void Deal::keep(State& state) {
  state("parts", parts);
  state("memory_limit", memory_limit);
  state("begun", begun);
  state("open", open);
}

std::uint64_t Deal::last() const { return begun.empty() ? 0 : std::ranges::max(begun); }

void Facts::keep(State& state) {
  state("cut", cut);
  state("step", step);
  state("epochs", epochs);
  state("ranks", ranks);
  state("workers", workers);
  state("simulated", simulated);
  state("like", like);
  state("written_by", written_by);
  state("experiment", experiment);
  state("transforms", transforms);
  state("parameters", parameters);
  state.list("files", files, [](State& part, DataFile& file) { part("file", file); });
  state("finished", finished);
  state("steps", steps);
  state("parts", parts);
  state("asked", asked);
  if (deals.empty() && !(state.reading() && state.has("deals"))) return;
  state.list("deals", deals, [](State& part, Deal& deal) { part("deal", deal); });
}

void CenterCopy::keep(State& state) {
  state("theta", theta);
  if (!momentum.empty() || (state.reading() && state.has("momentum"))) state("momentum", momentum);
  state("updates", updates);
  state("learning_rate_scale", learning_rate_scale);
  state("next_partition", next_partition);
  state("clocks", clocks);
}

CenterCopy CenterCopy::of(center::CenterServer& server) {
  CenterCopy copy;
  copy.theta.resize(server.size());
  server.snapshot(copy.theta);
  copy.momentum = server.momentum();
  copy.updates = server.updates();
  copy.learning_rate_scale = server.board().learning_rate_scale();
  copy.next_partition = server.board().load(center::Cell::next_partition);
  copy.clocks = server.board().clocks();
  return copy;
}

void CenterCopy::restore(center::CenterServer& server,
                         const std::vector<std::uint8_t>& finished) const {
  server.set_updates(updates);
  center::ControlBoard& board = server.board();
  board.set_learning_rate_scale(learning_rate_scale);
  // Workers add to these cells, so that rank 0 adds to them, too.
  board.fetch_add(center::Cell::next_partition,
                  next_partition - board.load(center::Cell::next_partition));
  const std::int64_t ended = std::ranges::count_if(finished, [](std::uint8_t f) { return f != 0; });
  board.fetch_add(center::Cell::ended, ended - board.load(center::Cell::ended));
  for (std::size_t worker = 0; worker < clocks.size(); ++worker) {
    board.set_clock(worker, finished.at(worker) != 0 ? center::finished_clock : clocks[worker]);
  }
}

std::vector<DataFile> identify(const std::string& part, const std::vector<hdf5::File>& files) {
  std::vector<DataFile> found;
  for (const hdf5::File& file : files) {
    std::error_code error;
    const std::filesystem::path path = std::filesystem::absolute(file.path(), error);
    auto checksum = hdf5::stored_checksum(file);
    if (!checksum) {
      const auto changed = std::filesystem::last_write_time(path, error).time_since_epoch();
      checksum = fmt::format("{} bytes, changed at {}", std::filesystem::file_size(path, error),
                             changed.count());
    }
    found.push_back({.part = part, .path = path.string(), .checksum = *checksum});
  }
  return found;
}

}  // namespace tusk::checkpoint
