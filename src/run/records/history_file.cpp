// SPDX-License-Identifier: Apache-2.0
#include "run/records/history_file.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <filesystem>
#include <limits>
#include <optional>
#include <utility>

#include "core/log.hpp"
#include "data/hdf5/attributes.hpp"
#include "data/hdf5/file.hpp"
#include "tusk/error.hpp"

namespace tusk::records {
namespace {

constexpr std::size_t buffered_rows = 4096;  // a chunk of the file, too

// One extendable data set and the numbers that wait for it.
template <typename T>
class Column {
 public:
  // Opens the data set if it is there.
  Column(hdf5::File& file, const std::string& name)
      : dataset_(file.has_dataset(name)
                     ? file.dataset(name)
                     : file.create_dataset(name, element_type<T>(), {0},
                                           {.chunk_rows = buffered_rows, .extendable = true})) {
    buffer_.reserve(buffered_rows);
  }

  void add(T value) { buffer_.push_back(value); }
  bool full() const { return buffer_.size() >= buffered_rows; }

  void write() {
    if (buffer_.empty()) return;
    dataset_.append_rows(buffer_.size(), element_type<T>(), std::as_bytes(std::span(buffer_)));
    buffer_.clear();
  }

  std::uint64_t rows() const { return dataset_.rows(); }
  void cut(std::uint64_t rows) { dataset_.cut_rows(rows); }

 private:
  hdf5::NumberDataset dataset_;
  std::vector<T> buffer_;
};

struct StepColumns {
  explicit StepColumns(hdf5::File& file, const std::vector<std::string>& metric_names)
      : worker(file, "steps/worker"),
        epoch(file, "steps/epoch"),
        step(file, "steps/step"),
        time_s(file, "steps/time_s"),
        samples(file, "steps/samples"),
        loss(file, "steps/loss"),
        partition(file, "steps/partition"),
        learning_rate(file, "steps/learning_rate"),
        weight(file, "steps/weight") {
    for (const std::string& name : metric_names) metrics.emplace_back(file, "steps/" + name);
  }

  template <typename Work>
  void each(const Work& work) {
    work(worker);
    work(epoch);
    work(step);
    work(time_s);
    work(samples);
    work(loss);
    work(partition);
    work(learning_rate);
    work(weight);
    for (Column<float>& metric : metrics) work(metric);
  }

  Column<std::uint32_t> worker;
  Column<std::uint32_t> epoch;
  Column<std::uint64_t> step;
  Column<double> time_s;
  Column<std::uint32_t> samples;
  Column<float> loss;
  Column<std::uint32_t> partition;
  Column<double> learning_rate;
  Column<double> weight;
  std::vector<Column<float>> metrics;
};

struct CommitColumns {
  explicit CommitColumns(hdf5::File& file)
      : ticket(file, "commits/ticket"),
        worker(file, "commits/worker"),
        steps(file, "commits/steps"),
        staleness(file, "commits/staleness"),
        samples(file, "commits/samples"),
        time_s(file, "commits/time_s"),
        divisor(file, "commits/divisor") {}

  template <typename Work>
  void each(const Work& work) {
    work(ticket);
    work(worker);
    work(steps);
    work(staleness);
    work(samples);
    work(time_s);
    work(divisor);
  }

  Column<std::uint64_t> ticket;
  Column<std::uint32_t> worker;
  Column<std::uint32_t> steps;
  Column<std::uint64_t> staleness;
  Column<std::uint64_t> samples;
  Column<double> time_s;
  Column<std::uint64_t> divisor;
};

struct ShardColumns {
  explicit ShardColumns(hdf5::File& file)
      : worker(file, "shards/worker"),
        shard(file, "shards/shard"),
        commit(file, "shards/commit"),
        ticket(file, "shards/ticket"),
        staleness(file, "shards/staleness"),
        divisor(file, "shards/divisor") {}

  template <typename Work>
  void each(const Work& work) {
    work(worker);
    work(shard);
    work(commit);
    work(ticket);
    work(staleness);
    work(divisor);
  }

  Column<std::uint32_t> worker;
  Column<std::uint32_t> shard;
  Column<std::uint64_t> commit;
  Column<std::uint64_t> ticket;
  Column<std::uint64_t> staleness;
  Column<std::uint64_t> divisor;
};

struct PullColumns {
  explicit PullColumns(hdf5::File& file)
      : worker(file, "pulls/worker"),
        shard(file, "pulls/shard"),
        steps(file, "pulls/steps"),
        version(file, "pulls/version"),
        time_s(file, "pulls/time_s") {}

  template <typename Work>
  void each(const Work& work) {
    work(worker);
    work(shard);
    work(steps);
    work(version);
    work(time_s);
  }

  Column<std::uint32_t> worker;
  Column<std::uint32_t> shard;
  Column<std::uint64_t> steps;
  Column<std::uint64_t> version;
  Column<double> time_s;
};

struct MergeColumns {
  explicit MergeColumns(hdf5::File& file)
      : relay(file, "merges/relay"),
        exchange(file, "merges/exchange"),
        taken(file, "merges/taken"),
        merged(file, "merges/merged"),
        ticket(file, "merges/ticket"),
        divisor(file, "merges/divisor"),
        time_s(file, "merges/time_s") {}

  template <typename Work>
  void each(const Work& work) {
    work(relay);
    work(exchange);
    work(taken);
    work(merged);
    work(ticket);
    work(divisor);
    work(time_s);
  }

  Column<std::uint32_t> relay;
  Column<std::uint64_t> exchange;
  Column<std::uint64_t> taken;
  Column<std::uint64_t> merged;
  Column<std::uint64_t> ticket;
  Column<std::uint64_t> divisor;
  Column<double> time_s;
};

template <typename Columns>
void write(Columns& columns) {
  columns.each([](auto& column) { column.write(); });
}

// How many rows all columns have.
template <typename Columns>
std::uint64_t rows_of(Columns& columns) {
  std::uint64_t rows = std::numeric_limits<std::uint64_t>::max();
  columns.each([&](auto& column) { rows = std::min(rows, column.rows()); });
  return rows;
}

template <typename Columns>
void keep_rows(tusk::State& state, const char* name, Columns& columns, const std::string& path) {
  std::uint64_t rows = rows_of(columns);
  const std::uint64_t there = rows;
  state(name, rows);
  if (!state.reading()) return;
  if (there < rows) {
    warning("{} has {} {} instead of {}: records are missing from it", path, there, name, rows);
  }
  columns.each([&](auto& column) { column.cut(std::min(rows, there)); });
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
    warning("{}; it is now {}, and a new history begins at the checkpoint", error.what(), aside);
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
        steps(std::in_place, file, metrics),
        commits(std::in_place, file),
        shards(std::in_place, file),
        pulls(std::in_place, file) {}

  hdf5::File file;
  std::uint64_t every;
  std::optional<StepColumns> steps;
  std::optional<CommitColumns> commits;
  std::optional<ShardColumns> shards;
  std::optional<PullColumns> pulls;
  std::optional<MergeColumns> merges;  // from the first on
  std::uint64_t pulls_seen = 0;
  Clock::time_point flushed = Clock::now();
  std::optional<Error> failure;

  bool wanted(std::uint64_t number) const { return !failure && every > 0 && number % every == 0; }
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
    warning("{}; the run goes on, but its history ends here", error.what());
  }
}

void HistoryFile::add(const StepRecord& record, std::span<const float> metrics) {
  if (!state_->wanted(record.step)) return;
  StepColumns& columns = *state_->steps;
  columns.worker.add(record.worker);
  columns.epoch.add(record.epoch);
  columns.step.add(record.step);
  columns.time_s.add(record.time_s);
  columns.samples.add(record.samples);
  columns.loss.add(record.loss);
  columns.partition.add(record.partition);
  columns.learning_rate.add(record.learning_rate);
  columns.weight.add(record.weight);
  for (std::size_t i = 0; i < columns.metrics.size(); ++i) columns.metrics[i].add(metrics[i]);
  if (columns.worker.full()) attempt([&] { write(columns); });
}

void HistoryFile::add(const CommitRecord& record) {
  if (!state_->wanted(record.ticket)) return;
  CommitColumns& columns = *state_->commits;
  columns.ticket.add(record.ticket);
  columns.worker.add(record.worker);
  columns.steps.add(record.steps);
  columns.staleness.add(record.staleness);
  columns.samples.add(record.samples);
  columns.time_s.add(record.time_s);
  columns.divisor.add(record.divisor);
  if (columns.ticket.full()) attempt([&] { write(columns); });
}

void HistoryFile::add(const ShardRecord& record) {
  if (!state_->wanted(record.commit)) return;
  ShardColumns& columns = *state_->shards;
  columns.worker.add(record.worker);
  columns.shard.add(record.shard);
  columns.commit.add(record.commit);
  columns.ticket.add(record.ticket);
  columns.staleness.add(record.staleness);
  columns.divisor.add(record.divisor);
  if (columns.ticket.full()) attempt([&] { write(columns); });
}

void HistoryFile::add(const PullRecord& record) {
  if (!state_->wanted(state_->pulls_seen++)) return;
  PullColumns& columns = *state_->pulls;
  columns.worker.add(record.worker);
  columns.shard.add(record.shard);
  columns.steps.add(record.steps);
  columns.version.add(record.version);
  columns.time_s.add(record.time_s);
  if (columns.version.full()) attempt([&] { write(columns); });
}

void HistoryFile::add(const MergeRecord& record) {
  if (!state_->merges) attempt([&] { state_->merges.emplace(state_->file); });
  if (state_->failure) return;
  MergeColumns& columns = *state_->merges;
  columns.relay.add(record.relay);
  columns.exchange.add(record.exchange);
  columns.taken.add(record.taken);
  columns.merged.add(record.merged);
  columns.ticket.add(record.ticket);
  columns.divisor.add(record.divisor);
  columns.time_s.add(record.time_s);
  if (columns.ticket.full()) attempt([&] { write(columns); });
}

void HistoryFile::flush() {
  attempt([this] {
    write(*state_->steps);
    write(*state_->commits);
    write(*state_->shards);
    write(*state_->pulls);
    if (state_->merges) write(*state_->merges);
    state_->file.flush();
  });
  state_->flushed = Clock::now();
}

void HistoryFile::flush_in_time() {
  if (Clock::now() - state_->flushed >= flush_interval) flush();
}

void HistoryFile::keep(tusk::State& state) {
  if (!state.reading()) flush();
  state("every", state_->every);
  state("pulls_seen", state_->pulls_seen);
  if (state.reading()) state_->write_every();
  const std::string path = state_->file.path();
  keep_rows(state, "steps", *state_->steps, path);
  keep_rows(state, "commits", *state_->commits, path);
  keep_rows(state, "shards", *state_->shards, path);
  keep_rows(state, "pulls", *state_->pulls, path);
  const bool has_merges = state.reading() ? state.has("merges") : state_->merges.has_value();
  if (has_merges || (state.reading() && state_->file.has_group("merges"))) {
    if (!state_->merges) state_->merges.emplace(state_->file);
  }
  if (has_merges) {
    keep_rows(state, "merges", *state_->merges, path);
  } else if (state_->merges) {  // all of them came later
    state_->merges->each([](auto& column) { column.cut(0); });
  }
}

void HistoryFile::close() {
  flush();
  if (state_->failure) throw *std::exchange(state_->failure, std::nullopt);
  state_->steps.reset();
  state_->commits.reset();
  state_->shards.reset();
  state_->pulls.reset();
  state_->merges.reset();
  state_->file.close();
}

}  // namespace tusk::records
