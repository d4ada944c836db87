// SPDX-License-Identifier: Apache-2.0
#include "data/datasets/read_rows.hpp"

#include <algorithm>
#include <exception>
#include <utility>
#include <vector>

#include "mpi/collectively.hpp"
#include "mpi/communicator.hpp"
#include "tusk/error.hpp"

namespace tusk::datasets {
namespace {

// Reads the rows of one file.
class PieceReader {
 public:
  // `rows` are numbered through all files. They go to `out`, or piece by piece to `take`, which
  // counts them from position `first` on.
  PieceReader(const JoinedDataset::Part& part, Rows rows, ElementType type,
              std::span<std::byte> out, const TakeRows* take, std::uint64_t first)
      : part_(part),
        rows_(std::move(rows)),
        type_(type),
        row_bytes_(part.dataset.row_elements() * size_of(type)),
        step_(part.dataset.rows_per_transfer()),
        out_(out),
        take_(take),
        first_(first) {}

  // Pieces begin at multiples of the step, where chunks begin, too.
  std::uint64_t pieces() const {
    if (rows_.empty()) return 0;
    return in_file(rows_[rows_.size() - 1]) / step_ - in_file(rows_[0]) / step_ + 1;
  }

  void read_next() {
    const std::uint64_t first = rows_[kept_];
    const std::uint64_t limit = part_.first_row + (in_file(first) / step_ + 1) * step_;
    const std::uint64_t end = rows_.position_of(limit);
    const std::vector<Block> runs = rows_.part({kept_, end}).runs();
    const Block span{first, runs.back().end};
    const std::span<std::byte> target = room_for(end - kept_);
    if (runs.size() == 1) {
      read(span, target);
    } else {
      buffer_.resize(span.size() * row_bytes_);
      read(span, buffer_);
      std::byte* out = target.data();
      for (const Block& run : runs) {
        out = std::copy_n(buffer_.data() + (run.begin - first) * row_bytes_,
                          run.size() * row_bytes_, out);
      }
    }
    const std::uint64_t position = first_ + kept_;
    kept_ = end;
    if (take_ != nullptr) (*take_)(position, target);
  }

  void read_nothing() { part_.dataset.read_rows(0, 0, type_, {}); }

  bool done() const { return kept_ == rows_.size(); }

 private:
  // For so many rows behind those that have been read.
  std::span<std::byte> room_for(std::uint64_t rows) {
    if (take_ == nullptr) return out_.subspan(kept_ * row_bytes_, rows * row_bytes_);
    piece_.resize(rows * row_bytes_);
    return piece_;
  }

  std::uint64_t in_file(std::uint64_t row) const { return row - part_.first_row; }
  void read(Block rows, std::span<std::byte> out) {
    part_.dataset.read_rows(in_file(rows.begin), in_file(rows.end), type_, out);
  }

  const JoinedDataset::Part& part_;
  Rows rows_;
  ElementType type_;
  std::size_t row_bytes_;
  std::uint64_t step_;
  std::span<std::byte> out_;
  const TakeRows* take_;
  std::uint64_t first_;
  std::uint64_t kept_ = 0;         // so many rows have been read
  std::vector<std::byte> buffer_;  // with rows that are not wanted
  std::vector<std::byte> piece_;   // for `take`
};

// Every rank joins every transfer, also one that has read all its rows or failed.
void read_together(PieceReader& reader, const mpi::Communicator& communicator) {
  const std::uint64_t transfers = communicator.max(reader.pieces());
  std::exception_ptr error;
  for (std::uint64_t i = 0; i < transfers; ++i) {
    try {
      if (reader.done() || error) {
        reader.read_nothing();
      } else {
        reader.read_next();
      }
    } catch (const Error&) {
      if (!error) error = std::current_exception();
    }
  }
  mpi::collectively(communicator, [&] {
    if (error) std::rethrow_exception(error);
  });
}

void read_files(const JoinedDataset& dataset, const Rows& rows, ElementType type,
                const mpi::Communicator* communicator, std::span<std::byte> out,
                const TakeRows* take) {
  const std::size_t row_bytes = dataset.row_elements() * size_of(type);
  for (const JoinedDataset::Part& part : dataset.parts()) {
    const Block positions{rows.position_of(part.first_row), rows.position_of(part.end_row())};
    if (positions.size() == 0 && communicator == nullptr) continue;
    const std::span<std::byte> target =
        take == nullptr ? out.subspan(positions.begin * row_bytes, positions.size() * row_bytes)
                        : std::span<std::byte>();
    PieceReader reader(part, rows.part(positions), type, target, take, positions.begin);
    if (communicator != nullptr) {
      read_together(reader, *communicator);
    } else {
      while (!reader.done()) reader.read_next();
    }
  }
}

}  // namespace

void read_rows(const JoinedDataset& dataset, const Rows& rows, ElementType type,
               const mpi::Communicator* communicator, std::span<std::byte> out) {
  read_files(dataset, rows, type, communicator, out, nullptr);
}

void read_rows(const JoinedDataset& dataset, const Rows& rows, ElementType type,
               const mpi::Communicator* communicator, const TakeRows& take) {
  read_files(dataset, rows, type, communicator, {}, &take);
}

}  // namespace tusk::datasets
