// SPDX-License-Identifier: Apache-2.0
#include "mpi/communicator.hpp"

#include <utility>

#include "core/log.hpp"
#include "mpi/check.hpp"
#include "mpi/pieces.hpp"

namespace tusk::mpi {
namespace {

constexpr std::size_t message_piece_bytes = std::size_t{1} << 30;
constexpr int gather_tag = 32767;  // the one that users' messages leave free

template <typename T>
void reduce(MPI_Comm handle, std::span<T> values, MPI_Datatype type, MPI_Op operation) {
  in_pieces(values.size(), message_piece_bytes / sizeof(T), [&](std::size_t first, int count) {
    check(MPI_Allreduce(MPI_IN_PLACE, values.data() + first, count, type, operation, handle),
          "MPI_Allreduce");
  });
}

template <typename T>
std::vector<Request> begin_reduce(MPI_Comm handle, std::span<T> values, MPI_Datatype type) {
  std::vector<Request> requests;
  in_pieces(values.size(), message_piece_bytes / sizeof(T), [&](std::size_t first, int count) {
    MPI_Request request = MPI_REQUEST_NULL;
    check(
        MPI_Iallreduce(MPI_IN_PLACE, values.data() + first, count, type, MPI_SUM, handle, &request),
        "MPI_Iallreduce");
    requests.emplace_back(request, Request::Kind::barrier);
  });
  return requests;
}

}  // namespace

Communicator::Communicator(MPI_Comm handle) : handle_(handle) {
  check(MPI_Comm_set_errhandler(handle_, MPI_ERRORS_RETURN), "MPI_Comm_set_errhandler");
  check(MPI_Comm_rank(handle_, &rank_), "MPI_Comm_rank");
  check(MPI_Comm_size(handle_, &size_), "MPI_Comm_size");
}

Communicator::Communicator(Communicator&& other) noexcept
    : handle_(std::exchange(other.handle_, MPI_COMM_NULL)),
      rank_(other.rank_),
      size_(other.size_),
      exceptions_(other.exceptions_) {}

Communicator& Communicator::operator=(Communicator&& other) noexcept {
  if (this != &other) {
    release();
    handle_ = std::exchange(other.handle_, MPI_COMM_NULL);
    rank_ = other.rank_;
    size_ = other.size_;
    exceptions_ = other.exceptions_;
  }
  return *this;
}

Communicator::~Communicator() { release(); }

void Communicator::release() noexcept {
  if (handle_ == MPI_COMM_NULL || std::uncaught_exceptions() > exceptions_) return;
  if (MPI_Comm_free(&handle_) != MPI_SUCCESS) warning("MPI_Comm_free failed");
}

Communicator Communicator::world() {
  MPI_Comm handle = MPI_COMM_NULL;
  check(MPI_Comm_dup(MPI_COMM_WORLD, &handle), "MPI_Comm_dup");
  return Communicator(handle);
}

Communicator Communicator::duplicate() const {
  MPI_Comm handle = MPI_COMM_NULL;
  check(MPI_Comm_dup(handle_, &handle), "MPI_Comm_dup");
  return Communicator(handle);
}

Communicator Communicator::split(int color, int key) const {
  MPI_Comm handle = MPI_COMM_NULL;
  check(MPI_Comm_split(handle_, color, key, &handle), "MPI_Comm_split");
  return Communicator(handle);
}

Communicator Communicator::split_by_node() const {
  MPI_Comm handle = MPI_COMM_NULL;
  check(MPI_Comm_split_type(handle_, MPI_COMM_TYPE_SHARED, rank_, MPI_INFO_NULL, &handle),
        "MPI_Comm_split_type");
  return Communicator(handle);
}

Request Communicator::ibarrier() const {
  MPI_Request request = MPI_REQUEST_NULL;
  check(MPI_Ibarrier(handle_, &request), "MPI_Ibarrier");
  return Request(request, Request::Kind::barrier);
}

Request Communicator::iall_max(std::uint64_t& value) const {
  MPI_Request request = MPI_REQUEST_NULL;
  check(MPI_Iallreduce(MPI_IN_PLACE, &value, 1, MPI_UINT64_T, MPI_MAX, handle_, &request),
        "MPI_Iallreduce");
  return Request(request, Request::Kind::barrier);
}

void Communicator::broadcast(std::span<std::byte> bytes, int root) const {
  in_pieces(bytes.size(), message_piece_bytes, [&](std::size_t first, int count) {
    check(MPI_Bcast(bytes.data() + first, count, MPI_BYTE, root, handle_), "MPI_Bcast");
  });
}

std::string Communicator::broadcast(std::string text, int root) const {
  std::size_t size = text.size();
  broadcast(std::as_writable_bytes(std::span(&size, 1)), root);
  text.resize(size);
  broadcast(std::as_writable_bytes(std::span(text)), root);
  return text;
}

void Communicator::sum(std::span<float> values) const {
  reduce(handle_, values, MPI_FLOAT, MPI_SUM);
}

void Communicator::sum(std::span<double> values) const {
  reduce(handle_, values, MPI_DOUBLE, MPI_SUM);
}

void Communicator::sum(std::span<std::int64_t> values) const {
  reduce(handle_, values, MPI_INT64_T, MPI_SUM);
}

void Communicator::sum(std::span<std::uint64_t> values) const {
  reduce(handle_, values, MPI_UINT64_T, MPI_SUM);
}

std::vector<Request> Communicator::isum(std::span<float> values) const {
  return begin_reduce(handle_, values, MPI_FLOAT);
}

std::vector<Request> Communicator::isum(std::span<double> values) const {
  return begin_reduce(handle_, values, MPI_DOUBLE);
}

std::vector<Request> Communicator::isum(std::span<std::uint64_t> values) const {
  return begin_reduce(handle_, values, MPI_UINT64_T);
}

std::uint64_t Communicator::sum(std::uint64_t value) const {
  reduce(handle_, std::span(&value, 1), MPI_UINT64_T, MPI_SUM);
  return value;
}

std::uint64_t Communicator::min(std::uint64_t value) const {
  reduce(handle_, std::span(&value, 1), MPI_UINT64_T, MPI_MIN);
  return value;
}

std::uint64_t Communicator::max(std::uint64_t value) const {
  reduce(handle_, std::span(&value, 1), MPI_UINT64_T, MPI_MAX);
  return value;
}

// Sends message by message, because MPI_Gatherv counts in `int` and spins while it waits.
std::vector<std::vector<std::byte>> Communicator::gather(std::span<const std::byte> bytes,
                                                         int root) const {
  std::vector<std::vector<std::byte>> all;
  if (rank_ != root) {
    const std::size_t size = bytes.size();
    isend(std::as_bytes(std::span(&size, 1)), root, gather_tag).wait();
    in_pieces(size, message_piece_bytes, [&](std::size_t first, int count) {
      isend(bytes.subspan(first, static_cast<std::size_t>(count)), root, gather_tag).wait();
    });
    return all;
  }
  for (int source = 0; source < size_; ++source) {
    if (source == root) {
      all.emplace_back(bytes.begin(), bytes.end());
      continue;
    }
    std::size_t size = 0;
    ireceive(std::as_writable_bytes(std::span(&size, 1)), source, gather_tag).wait();
    std::span<std::byte> place = all.emplace_back(size);
    in_pieces(size, message_piece_bytes, [&](std::size_t first, int count) {
      ireceive(place.subspan(first, static_cast<std::size_t>(count)), source, gather_tag).wait();
    });
  }
  return all;
}

std::vector<std::vector<std::byte>> Communicator::all_gather(
    std::span<const std::byte> bytes) const {
  barrier();
  std::vector<std::vector<std::byte>> all = gather(bytes, 0);
  all.resize(static_cast<std::size_t>(size_));
  std::vector<std::uint64_t> sizes;
  for (const auto& part : all) sizes.push_back(part.size());
  broadcast(std::as_writable_bytes(std::span(sizes)), 0);
  for (std::size_t rank = 0; rank < all.size(); ++rank) {
    all[rank].resize(sizes[rank]);
    broadcast(std::span(all[rank]), 0);
  }
  return all;
}

}  // namespace tusk::mpi
