// SPDX-License-Identifier: Apache-2.0
#include "read_rows.hpp"

#include <algorithm>
#include <exception>

#include "tusk/core/error.hpp"
#include "tusk/mpi/collectively.hpp"
#include "tusk/mpi/communicator.hpp"

namespace tusk::data {
namespace {

class PieceReader {
 public:
  PieceReader(const io::Dataset& dataset, const std::vector<std::uint64_t>& rows,
              io::ElementType type, std::span<std::byte> out)
      : dataset_(dataset),
        rows_(rows),
        type_(type),
        row_bytes_(dataset.row_elements() * io::size_of(type)),
        step_(dataset.rows_per_transfer()),
        out_(out) {}

  std::uint64_t pieces() const {
    return rows_.empty() ? 0 : rows_.back() / step_ - rows_.front() / step_ + 1;
  }

  // Reads the next piece. Pieces begin at multiples of the step, where chunks begin, too.
  void read_next() {
    const std::uint64_t first = rows_[kept_];
    const std::uint64_t limit = (first / step_ + 1) * step_;
    const auto begin = rows_.begin() + static_cast<std::ptrdiff_t>(kept_);
    const auto end = std::lower_bound(begin, rows_.end(), limit);
    const auto wanted = static_cast<std::uint64_t>(end - begin);
    const std::uint64_t last = *(end - 1);
    const std::span<std::byte> target = out_.subspan(kept_ * row_bytes_, wanted * row_bytes_);
    if (last - first + 1 == wanted && std::adjacent_find(begin, end) == end) {
      dataset_.read_rows(first, last + 1, type_, target);
    } else {
      buffer_.resize((last - first + 1) * row_bytes_);
      dataset_.read_rows(first, last + 1, type_, buffer_);
      std::byte* out = target.data();
      for (auto row = begin; row != end; ++row, out += row_bytes_) {
        std::copy_n(buffer_.data() + (*row - first) * row_bytes_, row_bytes_, out);
      }
    }
    kept_ += wanted;
  }

  void read_nothing() { dataset_.read_rows(0, 0, type_, {}); }

  bool done() const { return kept_ == rows_.size(); }

 private:
  const io::Dataset& dataset_;
  const std::vector<std::uint64_t>& rows_;
  io::ElementType type_;
  std::size_t row_bytes_;
  std::uint64_t step_;
  std::span<std::byte> out_;
  std::size_t kept_ = 0;  // so many rows have been read
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

void read_rows(const io::Dataset& dataset, const std::vector<std::uint64_t>& rows,
               io::ElementType type, const mpi::Communicator* communicator,
               std::span<std::byte> out) {
  PieceReader reader(dataset, rows, type, out);
  if (communicator != nullptr) return read_together(reader, *communicator);
  while (!reader.done()) reader.read_next();
}

}  // namespace tusk::data
