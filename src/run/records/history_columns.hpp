// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <span>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "core/element_type.hpp"
#include "data/hdf5/file.hpp"
#include "run/records/history_records.hpp"

namespace tusk::records {

// A member of a record, which is a column of the record's group: its name in the file, and where it
// is in the record.
template <typename Record, typename T>
struct Member {
  using Type = T;
  const char* name;
  T Record::*place;
};

// All members of each record. A new column is a line here and a member in history_records.hpp.
constexpr auto members_of(const StepRecord* /*of*/) {
  using R = StepRecord;
  return std::tuple{Member{"worker", &R::worker},       Member{"epoch", &R::epoch},
                    Member{"step", &R::step},           Member{"time_s", &R::time_s},
                    Member{"samples", &R::samples},     Member{"loss", &R::loss},
                    Member{"partition", &R::partition}, Member{"learning_rate", &R::learning_rate},
                    Member{"weight", &R::weight}};
}

constexpr auto members_of(const CommitRecord* /*of*/) {
  using R = CommitRecord;
  return std::tuple{Member{"ticket", &R::ticket},   Member{"worker", &R::worker},
                    Member{"steps", &R::steps},     Member{"staleness", &R::staleness},
                    Member{"samples", &R::samples}, Member{"time_s", &R::time_s},
                    Member{"divisor", &R::divisor}};
}

constexpr auto members_of(const ShardRecord* /*of*/) {
  using R = ShardRecord;
  return std::tuple{Member{"worker", &R::worker},       Member{"shard", &R::shard},
                    Member{"commit", &R::commit},       Member{"ticket", &R::ticket},
                    Member{"staleness", &R::staleness}, Member{"divisor", &R::divisor}};
}

constexpr auto members_of(const PullRecord* /*of*/) {
  using R = PullRecord;
  return std::tuple{Member{"worker", &R::worker}, Member{"shard", &R::shard},
                    Member{"steps", &R::steps}, Member{"version", &R::version},
                    Member{"time_s", &R::time_s}};
}

constexpr auto members_of(const MergeRecord* /*of*/) {
  using R = MergeRecord;
  return std::tuple{Member{"relay", &R::relay},   Member{"exchange", &R::exchange},
                    Member{"taken", &R::taken},   Member{"merged", &R::merged},
                    Member{"ticket", &R::ticket}, Member{"divisor", &R::divisor},
                    Member{"time_s", &R::time_s}};
}

constexpr auto members_of(const NodeRecord* /*of*/) {
  using R = NodeRecord;
  return std::tuple{Member{"file", &R::file}, Member{"node", &R::node},
                    Member{"first_worker", &R::first_worker}, Member{"workers", &R::workers},
                    Member{"from_step", &R::from_step}};
}

constexpr auto members_of(const SumRecord* /*of*/) {
  using R = SumRecord;
  return std::tuple{Member{"file", &R::file},
                    Member{"finished", &R::finished},
                    Member{"steps", &R::steps},
                    Member{"samples", &R::samples},
                    Member{"commits", &R::commits},
                    Member{"staleness_sum", &R::staleness_sum},
                    Member{"staleness_max", &R::staleness_max},
                    Member{"loss", &R::loss},
                    Member{"weight", &R::weight},
                    Member{"time_s", &R::time_s}};
}

// One extendable data set and the numbers that wait for it.
template <typename T>
class Column {
 public:
  static constexpr std::size_t buffered_rows = 4096;  // a chunk of the file, too

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

// A group of the file: a column for each member of its records, and for each of some further
// numbers of type float that records have.
template <typename Record>
class Table {
 public:
  Table(hdf5::File& file, const std::string& group, const std::vector<std::string>& further = {})
      : columns_(std::apply(
            [&](const auto&... member) {
              return std::tuple{Column<typename std::decay_t<decltype(member)>::Type>(
                  file, group + "/" + member.name)...};
            },
            members_of(static_cast<const Record*>(nullptr)))) {
    for (const std::string& name : further) further_.emplace_back(file, group + "/" + name);
  }

  void add(const Record& record, std::span<const float> further = {}) {
    const auto members = members_of(static_cast<const Record*>(nullptr));
    [&]<std::size_t... I>(std::index_sequence<I...>) {
      (std::get<I>(columns_).add(record.*(std::get<I>(members).place)), ...);
    }
    (std::make_index_sequence<std::tuple_size_v<decltype(members)>>());
    for (std::size_t i = 0; i < further_.size(); ++i) further_[i].add(further[i]);
  }
  bool full() const { return std::get<0>(columns_).full(); }

  void write() {
    each([](auto& column) { column.write(); });
  }

  // How many rows all columns have in the file.
  std::uint64_t rows() {
    std::uint64_t rows = std::numeric_limits<std::uint64_t>::max();
    each([&](auto& column) { rows = std::min(rows, column.rows()); });
    return rows;
  }
  void cut(std::uint64_t rows) {
    each([&](auto& column) { column.cut(rows); });
  }

 private:
  template <typename Work>
  void each(const Work& work) {
    std::apply([&](auto&... column) { (work(column), ...); }, columns_);
    for (Column<float>& column : further_) work(column);
  }

  template <typename... M>
  static std::tuple<Column<typename M::Type>...> columns_for(const std::tuple<M...>&);

  decltype(columns_for(members_of(static_cast<const Record*>(nullptr)))) columns_;
  std::vector<Column<float>> further_;
};

}  // namespace tusk::records
