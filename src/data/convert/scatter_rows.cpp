// SPDX-License-Identifier: Apache-2.0
#include "data/convert/scatter_rows.hpp"

#include <algorithm>
#include <cstring>
#include <vector>

#include "data/convert/copy_rows.hpp"
#include "data/convert/field_buffers.hpp"
#include "data/convert/rounds.hpp"
#include "data/convert/spool.hpp"
#include "mpi/collectively.hpp"
#include "mpi/communicator.hpp"

namespace tusk::convert {
namespace {

constexpr std::uint64_t bucket_bytes = std::uint64_t{64} << 20;

// Consecutive rows of an output that one rank writes at a time.
struct Bucket {
  std::size_t part = 0;
  datasets::Block rows;
};

// The outputs cut into buckets of whole chunks.
class Buckets {
 public:
  Buckets(const std::deque<ConvertOutput>& outputs, std::uint64_t row_bytes,
          std::uint64_t chunk_rows) {
    const std::uint64_t unit = std::max<std::uint64_t>(chunk_rows, 1);
    rows_ = std::max<std::uint64_t>(bucket_bytes / row_bytes / unit, 1) * unit;
    for (std::size_t part = 0; part < outputs.size(); ++part) {
      first_.push_back(all_.size());
      for (std::uint64_t row = 0; row < outputs[part].rows(); row += rows_) {
        all_.push_back({part, {row, std::min(row + rows_, outputs[part].rows())}});
      }
    }
  }

  const std::vector<Bucket>& all() const { return all_; }
  std::uint64_t rows() const { return rows_; }  // of the largest
  std::size_t of(std::size_t part, std::uint64_t row) const { return first_[part] + row / rows_; }

 private:
  std::uint64_t rows_ = 1;
  std::vector<std::size_t> first_;  // by part
  std::vector<Bucket> all_;
};

// A record of the spool is the row's place in its bucket, and its fields.
using Place = std::uint32_t;

class Scatter {
 public:
  Scatter(tables::Table& table, const RowPlan& plan, datasets::Block share,
          std::uint64_t chunk_rows, std::deque<ConvertOutput>& outputs,
          const mpi::Communicator* communicator)
      : table_(table),
        plan_(plan),
        share_(share),
        outputs_(outputs),
        communicator_(communicator),
        row_bytes_(row_bytes_of(table)),
        buckets_(outputs, row_bytes_, chunk_rows) {}

  std::size_t record_bytes() const { return sizeof(Place) + row_bytes_; }

  std::vector<std::uint64_t> counts() const {
    std::vector<std::uint64_t> counts(buckets_.all().size(), 0);
    mpi::collectively(communicator_, [&] {
      plan_.walk_share(
          [&](std::size_t part, std::uint64_t row) { ++counts[buckets_.of(part, row)]; });
    });
    return counts;
  }

  void read_rows(Spool& spool, datasets::LabelCounts& labels) const {
    const auto& fields = table_.fields();
    const bool classes = fields.size() > 1 && may_be_classes(fields[1]);
    const std::uint64_t step = rows_at_a_time(table_, 1);
    FieldBuffers block(fields, std::min(step, share_.size()));
    RowPlan::Walk walk(plan_);
    Rounds rounds((share_.size() + step - 1) / step, communicator_);
    rounds.run([&](std::uint64_t round) {
      const std::uint64_t first = share_.begin + round * step;
      if (first >= share_.end) return;
      const std::uint64_t count = std::min(step, share_.end - first);
      rounds.attempt([&] {
        table_.read_rows(first, count, block.room(count));
        if (classes) labels.add(datasets::integers_of(fields[1].type, block.rows(count)[1]));
        std::vector<std::int64_t> keys(count, 0);
        if (const auto key = plan_.key_field()) {
          keys = datasets::integers_of(fields[*key].type, block.rows(count)[*key]);
        }
        for (std::uint64_t row = 0; row < count; ++row) {
          walk.next(keys[row], [&](std::size_t part, std::uint64_t target) {
            put(spool, buckets_.of(part, target), target, block, row);
          });
        }
        if (first + count == share_.end) spool.flush();
      });
    });
  }

  void write_rows(const Spool& spool) {
    const auto ranks =
        static_cast<std::uint64_t>(communicator_ == nullptr ? 1 : communicator_->size());
    const auto rank =
        static_cast<std::uint64_t>(communicator_ == nullptr ? 0 : communicator_->rank());
    FieldBuffers block(table_.fields(), largest_bucket());
    std::vector<std::byte> records;
    Rounds rounds((buckets_.all().size() + ranks - 1) / ranks, communicator_);
    rounds.run([&](std::uint64_t round) {
      const std::uint64_t number = round * ranks + rank;
      Bucket bucket;  // without rows, for a rank that has none in this round
      rounds.attempt([&] {
        if (number >= buckets_.all().size()) return;
        spool.read(number, records);
        sort(records, block);
        bucket = buckets_.all()[number];
      });
      for (std::size_t part = 0; part < outputs_.size(); ++part) {
        const std::uint64_t count = part == bucket.part ? bucket.rows.size() : 0;
        const std::uint64_t first = count == 0 ? 0 : bucket.rows.begin;
        rounds.join([&] { outputs_[part].write(first, count, block.rows(count)); });
      }
    });
  }

 private:
  static std::uint64_t row_bytes_of(const tables::Table& table) {
    std::uint64_t bytes = 0;
    for (const tables::TableField& field : table.fields()) bytes += field.row_bytes();
    return bytes;
  }

  std::uint64_t largest_bucket() const {
    std::uint64_t rows = 0;
    for (const Bucket& bucket : buckets_.all()) rows = std::max(rows, bucket.rows.size());
    return rows;
  }

  void put(Spool& spool, std::size_t bucket, std::uint64_t target, FieldBuffers& block,
           std::uint64_t row) const {
    std::byte* out = spool.next(bucket).data();
    const auto place = static_cast<Place>(target - buckets_.all()[bucket].rows.begin);
    std::memcpy(out, &place, sizeof place);
    out += sizeof place;
    for (std::size_t field = 0; field < table_.fields().size(); ++field) {
      const auto bytes = block.row(field, row);
      std::memcpy(out, bytes.data(), bytes.size());
      out += bytes.size();
    }
  }

  // Puts each record in its place.
  void sort(const std::vector<std::byte>& records, FieldBuffers& block) const {
    for (const std::byte* at = records.data(); at < records.data() + records.size();) {
      Place place = 0;
      std::memcpy(&place, at, sizeof place);
      at += sizeof place;
      for (std::size_t field = 0; field < table_.fields().size(); ++field) {
        const auto bytes = block.row(field, place);
        std::memcpy(bytes.data(), at, bytes.size());
        at += bytes.size();
      }
    }
  }

  tables::Table& table_;
  const RowPlan& plan_;
  datasets::Block share_;
  std::deque<ConvertOutput>& outputs_;
  const mpi::Communicator* communicator_;
  std::uint64_t row_bytes_;
  Buckets buckets_;
};

}  // namespace

void scatter_rows(tables::Table& table, const RowPlan& plan, datasets::Block share,
                  std::uint64_t chunk_rows, const std::string& spool_path,
                  std::deque<ConvertOutput>& outputs, datasets::LabelCounts& labels,
                  const mpi::Communicator* communicator) {
  Scatter scatter(table, plan, share, chunk_rows, outputs, communicator);
  Spool spool(spool_path, scatter.record_bytes(), scatter.counts(), communicator);
  scatter.read_rows(spool, labels);
  scatter.write_rows(spool);
}

}  // namespace tusk::convert
