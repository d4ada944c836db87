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
  // `rows` are numbered through all files.
  PieceReader(const JoinedDataset::Part& part, Rows rows, ElementType type,
              std::span<std::byte> out)
      : part_(part),
        rows_(std::move(rows)),
        type_(type),
        row_bytes_(part.dataset.row_elements() * size_of(type)),
        step_(part.dataset.rows_per_transfer()),
        out_(out) {}

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
    const std::span<std::byte> target =
        out_.subspan(kept_ * row_bytes_, (end - kept_) * row_bytes_);
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
    kept_ = end;
  }

  void read_nothing() { part_.dataset.read_rows(0, 0, type_, {}); }

  bool done() const { return kept_ == rows_.size(); }

 private:
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
  std::uint64_t kept_ = 0;  // so many rows have been read
  std::vector<std::byte> buffer_;
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

}  // namespace

void read_rows(const JoinedDataset& dataset, const Rows& rows, ElementType type,
               const mpi::Communicator* communicator, std::span<std::byte> out) {
  const std::size_t row_bytes = dataset.row_elements() * size_of(type);
  for (const JoinedDataset::Part& part : dataset.parts()) {
    const Block positions{rows.position_of(part.first_row), rows.position_of(part.end_row())};
    if (positions.size() == 0 && communicator == nullptr) continue;
    PieceReader reader(part, rows.part(positions), type,
                       out.subspan(positions.begin * row_bytes, positions.size() * row_bytes));
    if (communicator != nullptr) {
      read_together(reader, *communicator);
    } else {
      while (!reader.done()) reader.read_next();
    }
  }
}

}  // namespace tusk::datasets
