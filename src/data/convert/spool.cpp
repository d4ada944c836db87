// SPDX-License-Identifier: Apache-2.0
#include "data/convert/spool.hpp"

#include <algorithm>
#include <filesystem>

#include "mpi/collectively.hpp"
#include "mpi/communicator.hpp"
#include "tusk/error.hpp"

namespace tusk::convert {
namespace {

constexpr std::size_t all_buffers_bytes = std::size_t{64} << 20;
constexpr std::size_t largest_buffer_bytes = std::size_t{1} << 20;

}  // namespace

Spool::Spool(const std::string& path, std::size_t record_bytes, std::vector<std::uint64_t> counts,
             const mpi::Communicator* communicator)
    : record_bytes_(record_bytes), buffers_(counts.size()), sizes_(counts.size(), 0) {
  const std::size_t share = std::min(all_buffers_bytes / counts.size(), largest_buffer_bytes);
  buffer_bytes_ = std::max<std::size_t>(share / record_bytes, 1) * record_bytes;
  std::vector<std::vector<std::uint64_t>> all{counts};
  std::size_t rank = 0;
  if (communicator != nullptr) {
    all = communicator->all_gather(std::span<const std::uint64_t>(counts));
    rank = static_cast<std::size_t>(communicator->rank());
  }
  std::uint64_t offset = 0;
  for (std::size_t bucket = 0; bucket < counts.size(); ++bucket) {
    begins_.push_back(offset);
    for (std::size_t source = 0; source < all.size(); ++source) {
      if (source == rank) buffers_[bucket] = {{}, offset, counts[bucket]};
      sizes_[bucket] += all[source][bucket];
      offset += all[source][bucket] * record_bytes;
    }
  }
  open(path, communicator);
}

void Spool::open(const std::string& path, const mpi::Communicator* communicator) {
  const bool first = communicator == nullptr || communicator->rank() == 0;
  mpi::collectively(communicator, [&] {
    if (first) file_ = RawFile::create(path);
  });
  try {
    mpi::collectively(communicator, [&] {
      if (!first) file_ = RawFile::open(path);
    });
  } catch (const Error&) {
    if (first) std::filesystem::remove(path);
    throw;
  }
  if (first) std::filesystem::remove(path);
}

std::span<std::byte> Spool::next(std::size_t bucket) {
  Buffer& buffer = buffers_[bucket];
  if (buffer.bytes.size() == buffer_bytes_) write(buffer);
  if (buffer.left == 0) fail(ExitCode::bad_data, "the input changed while it was read");
  if (buffer.bytes.capacity() == 0) {
    buffer.bytes.reserve(std::min<std::uint64_t>(buffer_bytes_, buffer.left * record_bytes_));
  }
  --buffer.left;
  const std::size_t begin = buffer.bytes.size();
  buffer.bytes.resize(begin + record_bytes_);
  return std::span(buffer.bytes).subspan(begin);
}

void Spool::flush() {
  for (Buffer& buffer : buffers_) {
    write(buffer);
    buffer.bytes = {};
  }
}

void Spool::write(Buffer& buffer) {
  file_.write(buffer.offset, buffer.bytes);
  buffer.offset += buffer.bytes.size();
  buffer.bytes.clear();
}

void Spool::read(std::size_t bucket, std::vector<std::byte>& records) const {
  records.resize(sizes_[bucket] * record_bytes_);
  file_.read(begins_[bucket], records);
}

}  // namespace tusk::convert
