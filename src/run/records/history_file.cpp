// SPDX-License-Identifier: Apache-2.0
#include "run/records/history_file.hpp"

#include <fmt/format.h>

#include <cstddef>
#include <optional>
#include <utility>

#include "data/hdf5/file.hpp"

namespace tusk::records {
namespace {

constexpr std::size_t buffered_rows = 4096;  // a chunk of the file, too

// One extendable data set and the numbers that wait for it.
template <typename T>
class Column {
 public:
  Column(hdf5::File& file, const std::string& name)
      : dataset_(file.create_dataset(name, element_type<T>(), {0},
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
        learning_rate(file, "steps/learning_rate") {
    for (const std::string& name : metric_names) metrics.emplace_back(file, "steps/" + name);
  }

  void write() {
    worker.write();
    epoch.write();
    step.write();
    time_s.write();
    samples.write();
    loss.write();
    partition.write();
    learning_rate.write();
    for (Column<float>& metric : metrics) metric.write();
  }

  Column<std::uint32_t> worker;
  Column<std::uint32_t> epoch;
  Column<std::uint64_t> step;
  Column<double> time_s;
  Column<std::uint32_t> samples;
  Column<float> loss;
  Column<std::uint32_t> partition;
  Column<double> learning_rate;
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

  void write() {
    ticket.write();
    worker.write();
    steps.write();
    staleness.write();
    samples.write();
    time_s.write();
    divisor.write();
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

  void write() {
    worker.write();
    shard.write();
    commit.write();
    ticket.write();
    staleness.write();
    divisor.write();
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

  void write() {
    worker.write();
    shard.write();
    steps.write();
    version.write();
    time_s.write();
  }

  Column<std::uint32_t> worker;
  Column<std::uint32_t> shard;
  Column<std::uint64_t> steps;
  Column<std::uint64_t> version;
  Column<double> time_s;
};

}  // namespace

struct HistoryFile::State {
  State(const std::string& path, const std::vector<std::string>& metrics)
      : file(hdf5::File::create(path)),
        steps(std::in_place, file, metrics),
        commits(std::in_place, file),
        shards(std::in_place, file),
        pulls(std::in_place, file) {}

  hdf5::File file;
  std::optional<StepColumns> steps;
  std::optional<CommitColumns> commits;
  std::optional<ShardColumns> shards;
  std::optional<PullColumns> pulls;
};

HistoryFile::HistoryFile(const std::string& path, const std::vector<std::string>& metrics)
    : state_(std::make_unique<State>(path, metrics)) {}

HistoryFile::~HistoryFile() = default;
HistoryFile::HistoryFile(HistoryFile&&) noexcept = default;
HistoryFile& HistoryFile::operator=(HistoryFile&&) noexcept = default;

void HistoryFile::add(const StepRecord& record, std::span<const float> metrics) {
  StepColumns& columns = *state_->steps;
  columns.worker.add(record.worker);
  columns.epoch.add(record.epoch);
  columns.step.add(record.step);
  columns.time_s.add(record.time_s);
  columns.samples.add(record.samples);
  columns.loss.add(record.loss);
  columns.partition.add(record.partition);
  columns.learning_rate.add(record.learning_rate);
  for (std::size_t i = 0; i < columns.metrics.size(); ++i) columns.metrics[i].add(metrics[i]);
  if (columns.worker.full()) columns.write();
}

void HistoryFile::add(const CommitRecord& record) {
  CommitColumns& columns = *state_->commits;
  columns.ticket.add(record.ticket);
  columns.worker.add(record.worker);
  columns.steps.add(record.steps);
  columns.staleness.add(record.staleness);
  columns.samples.add(record.samples);
  columns.time_s.add(record.time_s);
  columns.divisor.add(record.divisor);
  if (columns.ticket.full()) columns.write();
}

void HistoryFile::add(const ShardRecord& record) {
  ShardColumns& columns = *state_->shards;
  columns.worker.add(record.worker);
  columns.shard.add(record.shard);
  columns.commit.add(record.commit);
  columns.ticket.add(record.ticket);
  columns.staleness.add(record.staleness);
  columns.divisor.add(record.divisor);
  if (columns.ticket.full()) columns.write();
}

void HistoryFile::add(const PullRecord& record) {
  PullColumns& columns = *state_->pulls;
  columns.worker.add(record.worker);
  columns.shard.add(record.shard);
  columns.steps.add(record.steps);
  columns.version.add(record.version);
  columns.time_s.add(record.time_s);
  if (columns.version.full()) columns.write();
}

void HistoryFile::flush() {
  state_->steps->write();
  state_->commits->write();
  state_->shards->write();
  state_->pulls->write();
  state_->file.flush();
}

void HistoryFile::close() {
  flush();
  state_->steps.reset();
  state_->commits.reset();
  state_->shards.reset();
  state_->pulls.reset();
  state_->file.close();
}

}  // namespace tusk::records
