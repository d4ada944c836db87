// SPDX-License-Identifier: Apache-2.0
#include "run/checkpoint/facts.hpp"

#include <fmt/chrono.h>
#include <fmt/format.h>
#include <sys/stat.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <system_error>

#include "core/log.hpp"
#include "data/hdf5/checksum.hpp"
#include "exchange/center/center_server.hpp"
#include "exchange/center/control_board.hpp"
#include "tusk/error.hpp"

namespace tusk::checkpoint {

void DataFile::keep(State& state) {
  state("part", part);
  state("path", path);
  state("checksum", checksum);
  state("bytes", bytes);
  state("sample", sample);
  state("changed", changed);
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
  const auto has = [&](const auto& values, const char* name) {
    return !values.empty() || (state.reading() && state.has(name));
  };
  if (has(deals, "deals")) {
    state.list("deals", deals, [](State& part, Deal& deal) { part("deal", deal); });
  }
  if (has(nodes, "nodes")) state("nodes", nodes);
  state("node_files", node_files);
}

void CenterCopy::keep(State& state) {
  state("theta", theta);
  if (!momentum.empty() || (state.reading() && state.has("momentum"))) state("momentum", momentum);
  state("updates", updates);
  state("learning_rate_scale", learning_rate_scale);
  state("next_partition", next_partition);
  if (!free_partitions.empty() || (state.reading() && state.has("free_partitions"))) {
    state("free_partitions", free_partitions);
  }
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
    struct stat status {};
    if (::stat(file.path().c_str(), &status) != 0) {
      fail(ExitCode::no_input, "{}: {}", file.path(), std::strerror(errno));
    }
    std::error_code error;
    found.push_back(
        {.part = part,
         .path = std::filesystem::absolute(file.path(), error).string(),
         .checksum = hdf5::stored_checksum(file).value_or(""),
         .bytes = static_cast<std::uint64_t>(status.st_size),
         .sample = hdf5::sampled_checksum(file.path()),
         .changed = fmt::format("{:%Y-%m-%d %H:%M:%S}.{:09} UTC",
                                fmt::gmtime(status.st_mtim.tv_sec), status.st_mtim.tv_nsec)});
  }
  return found;
}

void require_same_file(const DataFile& before, const DataFile& now, const std::string& where) {
  const auto different = [&](const std::string& what) {
    fail(ExitCode::bad_data, "{} is not the file that the run of {} began with, {}: it has {}",
         now.path, where, before.path, what);
  };
  if (before.checksum != now.checksum) {
    const auto name = [](const std::string& text) { return text.empty() ? "none" : text; };
    different(fmt::format("checksum {}, that had {}", name(now.checksum), name(before.checksum)));
  }
  const bool same_bytes = before.bytes == now.bytes && before.sample == now.sample;
  if (now.checksum.empty()) {
    if (before.bytes != now.bytes) {
      different(fmt::format("{} bytes, that had {}", now.bytes, before.bytes));
    }
    if (!same_bytes) different("other bytes, and was changed at " + now.changed);
    if (before.changed == now.changed) return;
    warning(
        "{} was changed at {}, and when the run began at {}; its size and a sample of its bytes "
        "are the same, and so it is taken for the same",
        now.path, now.changed, before.changed);
    return;
  }
  if (same_bytes) return;
  // Arranged in another way, or its data have been changed behind the checksum's back.
  const std::uint32_t data = hdf5::compute_checksum(hdf5::File::open(now.path));
  if (fmt::format("crc32:{:08x}", data) == now.checksum) return;
  different(
      fmt::format("its checksum, {}, but other data, changed at {}", now.checksum, now.changed));
}

}  // namespace tusk::checkpoint
