// SPDX-License-Identifier: Apache-2.0
#include "run/records/history_file.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <optional>
#include <type_traits>
#include <utility>

#include "core/log.hpp"
#include "data/hdf5/attributes.hpp"
#include "data/hdf5/file.hpp"
#include "run/records/history_columns.hpp"
#include "tusk/error.hpp"

namespace tusk::records {
namespace {

// Not warning(): relays, whose log is silent, have a history, too.
template <typename... Args>
void warn(fmt::format_string<Args...> format, Args&&... args) {
  print_warning(fmt::format(format, std::forward<Args>(args)...));
}

// The file of the run that goes on, or a new one if that is damaged or gone.
hdf5::File reopen(const std::string& path) {
  try {
    hdf5::File file = hdf5::File::update(path, hdf5::Locking::no);
    file.dataset_names();
    return file;
  } catch (const Error& error) {
    std::error_code ignored;
    std::string aside = path;
    for (int number = 1; std::filesystem::exists(aside, ignored); ++number) {
      aside = fmt::format("{}.damaged-{}", path, number);
    }
    std::filesystem::rename(path, aside, ignored);
    warn("{}; it is now {}, and a new history begins at the checkpoint", error.what(), aside);
    return hdf5::File::create(path, hdf5::Locking::no);
  }
}

using Clock = std::chrono::steady_clock;
constexpr std::chrono::seconds flush_interval{2};

}  // namespace

struct HistoryFile::State {
  State(const std::string& path, const std::vector<std::string>& metrics, const Options& options)
      : file(options.goes_on ? reopen(path) : hdf5::File::create(path, hdf5::Locking::no)),
        every(options.every),
        metric_names(metrics) {
    const bool of_tree = options.layout == Layout::of_tree;
    open(steps, "steps", !of_tree, metrics);
    open(commits, "commits", !of_tree);
    open(shards, "shards", !of_tree);
    open(pulls, "pulls", !of_tree);
    open(merges, "merges", of_tree);
    open(nodes, "nodes", of_tree);
    open(sums, "sums", of_tree);
  }

  // Makes a group if it is wanted, and opens one that is there.
  template <typename Table, typename... More>
  void open(std::optional<Table>& table, const char* group, bool wanted, const More&... more) {
    if (wanted || file.has_group(group)) table.emplace(file, group, more...);
  }

  // Each group, with its number of rows in `rows`.
  template <typename Rows, typename Work>
  void each(Rows& rows, const Work& work) {
    work(steps, "steps", rows.steps);
    work(commits, "commits", rows.commits);
    work(shards, "shards", rows.shards);
    work(pulls, "pulls", rows.pulls);
    work(merges, "merges", rows.merges);
    work(nodes, "nodes", rows.nodes);
    work(sums, "sums", rows.sums);
  }

  hdf5::File file;
  std::uint64_t every;
  std::vector<std::string> metric_names;
  std::optional<Table<StepRecord>> steps;
  std::optional<Table<CommitRecord>> commits;
  std::optional<Table<ShardRecord>> shards;
  std::optional<Table<PullRecord>> pulls;
  std::optional<Table<MergeRecord>> merges;  // of a node from the first on
  std::optional<Table<NodeRecord>> nodes;
  std::optional<Table<SumRecord>> sums;
  std::uint64_t pulls_seen = 0;
  Clock::time_point flushed = Clock::now();
  std::optional<Error> failure;

  bool wanted(std::uint64_t number) const { return every > 0 && number % every == 0; }
  void write_every() {
    hdf5::write_attribute(file, "/", "every", static_cast<std::int64_t>(every));
  }
};

HistoryFile::HistoryFile(const std::string& path, const std::vector<std::string>& metrics,
                         const Options& options)
    : state_(std::make_unique<State>(path, metrics, options)) {
  state_->write_every();
  state_->file.flush();  // readable from now on
}

HistoryFile::HistoryFile(const std::string& path, const std::vector<std::string>& metrics)
    : HistoryFile(path, metrics, Options{}) {}

HistoryFile::~HistoryFile() = default;
HistoryFile::HistoryFile(HistoryFile&&) noexcept = default;
HistoryFile& HistoryFile::operator=(HistoryFile&&) noexcept = default;

// Unless something has failed before.
template <typename Work>
void HistoryFile::attempt(const Work& work) {
  if (state_->failure) return;
  try {
    work();
  } catch (const Error& error) {
    state_->failure = error;
    warn("{}; the run goes on, but its history ends here", error.what());
  }
}

// A group that is not there yet begins with its first row.
template <typename Table, typename Record>
void HistoryFile::add_to(Table& table, const char* group, const Record& record,
                         std::span<const float> metrics) {
  if (!table) {
    attempt([&] {
      if constexpr (std::is_same_v<Record, StepRecord>) {
        state_->open(table, group, true, state_->metric_names);
      } else {
        state_->open(table, group, true);
      }
    });
  }
  if (state_->failure) return;
  table->add(record, metrics);
  if (table->full()) attempt([&] { table->write(); });
}

void HistoryFile::add(const StepRecord& record, std::span<const float> metrics) {
  if (state_->wanted(record.step)) add_to(state_->steps, "steps", record, metrics);
}

void HistoryFile::add(const CommitRecord& record) {
  if (state_->wanted(record.ticket)) add_to(state_->commits, "commits", record);
}

void HistoryFile::add(const ShardRecord& record) {
  if (state_->wanted(record.commit)) add_to(state_->shards, "shards", record);
}

void HistoryFile::add(const PullRecord& record) {
  if (state_->wanted(state_->pulls_seen++)) add_to(state_->pulls, "pulls", record);
}

void HistoryFile::add(const MergeRecord& record) { add_to(state_->merges, "merges", record); }
void HistoryFile::add(const NodeRecord& record) { add_to(state_->nodes, "nodes", record); }
void HistoryFile::add(const SumRecord& record) { add_to(state_->sums, "sums", record); }

void HistoryFile::flush() {
  attempt([this] {
    HistoryRows rows;
    state_->each(rows, [](auto& table, const char*, std::uint64_t) {
      if (table) table->write();
    });
    state_->file.flush();
  });
  state_->flushed = Clock::now();
}

void HistoryFile::flush_in_time() {
  if (Clock::now() - state_->flushed >= flush_interval) flush();
}

HistoryRows HistoryFile::rows() {
  flush();
  HistoryRows rows{.every = state_->every, .pulls_seen = state_->pulls_seen};
  state_->each(rows, [](auto& table, const char*, std::uint64_t& count) {
    if (table) count = table->rows();
  });
  return rows;
}

void HistoryFile::cut(const HistoryRows& rows) {
  state_->every = rows.every;
  state_->pulls_seen = rows.pulls_seen;
  state_->write_every();
  state_->each(rows, [&](auto& table, const char* name, std::uint64_t wanted) {
    const std::uint64_t there = table ? table->rows() : 0;
    if (there < wanted) {
      warn("{} has {} {} instead of {}: records are missing from it", state_->file.path(), there,
           name, wanted);
    }
    if (table) table->cut(std::min(wanted, there));
  });
}

void HistoryFile::keep(tusk::State& state) {
  HistoryRows now;
  if (!state.reading()) now = rows();
  state("rows", now);
  if (state.reading()) cut(now);
}

void HistoryFile::close() {
  flush();
  if (state_->failure) throw *std::exchange(state_->failure, std::nullopt);
  HistoryRows rows;
  state_->each(rows, [](auto& table, const char*, std::uint64_t) { table.reset(); });
  state_->file.close();
}

std::string node_history(std::uint64_t file) { return fmt::format("history/node-{:03}.h5", file); }

}  // namespace tusk::records
