// SPDX-License-Identifier: Apache-2.0
#include "data/convert/write_chunks.hpp"

#include <cstring>
#include <exception>
#include <vector>

#include "data/hdf5/chunk_filter.hpp"
#include "mpi/communicator.hpp"

namespace tusk::convert {
namespace {

constexpr int size_tag = 1;
constexpr int chunks_tag = 2;

// Stands before each chunk in a message.
struct ChunkHeader {
  std::uint64_t first_row = 0;
  std::uint64_t bytes = 0;
};

// Calls `take(first row, filtered chunk)` for the chunks of some rows.
template <typename Take>
void for_each_chunk(const tables::TableField& field, const hdf5::Storage& storage,
                    std::uint64_t first, std::span<const std::byte> rows, const Take& take) {
  const std::size_t chunk_bytes = storage.chunk_rows * field.row_bytes();
  std::vector<std::byte> last;
  for (std::size_t begin = 0; begin < rows.size(); begin += chunk_bytes) {
    std::span<const std::byte> chunk = rows.subspan(begin);
    if (chunk.size() < chunk_bytes) {  // chunks are stored whole
      last.assign(chunk.begin(), chunk.end());
      last.resize(chunk_bytes);
      chunk = last;
    }
    take(first + begin / field.row_bytes(),
         hdf5::filter_chunk(chunk.first(chunk_bytes), size_of(field.type), storage.gzip));
  }
}

void write_received(hdf5::NumberDataset& dataset, std::span<const std::byte> message) {
  while (!message.empty()) {
    ChunkHeader header;
    std::memcpy(&header, message.data(), sizeof header);
    message = message.subspan(sizeof header);
    dataset.write_chunk(header.first_row, message.first(header.bytes));
    message = message.subspan(header.bytes);
  }
}

// Receives the chunks of every other rank in turn, also after an error.
void receive_and_write(hdf5::NumberDataset& dataset, const mpi::Communicator& communicator,
                       std::exception_ptr& error) {
  std::vector<std::byte> message;
  for (int rank = 1; rank < communicator.size(); ++rank) {
    std::uint64_t bytes = 0;
    communicator.ireceive(std::as_writable_bytes(std::span(&bytes, 1)), rank, size_tag).wait();
    if (bytes == 0) continue;
    message.resize(bytes);
    communicator.ireceive(message, rank, chunks_tag).wait();
    try {
      if (!error) write_received(dataset, message);
    } catch (...) {
      error = std::current_exception();
    }
  }
}

void send(const std::vector<std::byte>& message, const mpi::Communicator& communicator) {
  const std::uint64_t bytes = message.size();
  communicator.isend(std::as_bytes(std::span(&bytes, 1)), 0, size_tag).wait();
  if (bytes > 0) communicator.isend(std::span(message), 0, chunks_tag).wait();
}

}  // namespace

void write_chunks(hdf5::NumberDataset* dataset, const tables::TableField& field,
                  const hdf5::Storage& storage, std::uint64_t first,
                  std::span<const std::byte> rows, const mpi::Communicator* communicator) {
  std::exception_ptr error;
  std::vector<std::byte> message;
  try {
    for_each_chunk(field, storage, first, rows, [&](std::uint64_t row, const auto& chunk) {
      if (dataset != nullptr) return dataset->write_chunk(row, chunk);
      const ChunkHeader header{row, chunk.size()};
      const auto bytes = std::as_bytes(std::span(&header, 1));
      message.insert(message.end(), bytes.begin(), bytes.end());
      message.insert(message.end(), chunk.begin(), chunk.end());
    });
  } catch (...) {
    error = std::current_exception();
    message.clear();
  }
  if (communicator != nullptr && dataset != nullptr) {
    receive_and_write(*dataset, *communicator, error);
  } else if (communicator != nullptr) {
    send(message, *communicator);
  }
  if (error) std::rethrow_exception(error);
}

}  // namespace tusk::convert
