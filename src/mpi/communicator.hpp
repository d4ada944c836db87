// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <mpi.h>

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <exception>
#include <optional>
#include <span>
#include <string>
#include <type_traits>
#include <vector>

#include "mpi/request.hpp"

namespace tusk::mpi {

// What try_receive found.
struct Message {
  int source = 0;
  std::vector<std::byte> bytes;
};

// A message that is on its way into `bytes`, from `source`; complete when the request is done.
struct Arrival {
  int source = 0;
  std::vector<std::byte> bytes;
  Request request;  // after the memory that it uses
};

// Some ranks of the job. Owns its communicator (a duplicate), with MPI_ERRORS_RETURN. Move-only;
// the destructor is collective, and leaves the communicator alone while an exception passes
// through. Every function throws Error(internal) when MPI reports an error. Counts beyond 2³¹ are
// moved in chunks of 1 GiB at most.
class Communicator {
 public:
  static Communicator world();  // collective

  Communicator(Communicator&& other) noexcept;
  Communicator& operator=(Communicator&& other) noexcept;
  ~Communicator();

  int rank() const { return rank_; }
  int size() const { return size_; }
  MPI_Comm handle() const { return handle_; }

  // Collective.
  Communicator duplicate() const;
  Communicator split(int color, int key) const;
  Communicator split_by_node() const;  // the ranks that can share memory with this one

  // Collective. Sleeps while it waits, where MPI_Barrier spins.
  void barrier() const { ibarrier().wait(); }
  Request ibarrier() const;

  // Collective: `root`'s bytes or text on every rank. `bytes` has the same size everywhere.
  void broadcast(std::span<std::byte> bytes, int root) const;
  std::string broadcast(std::string text, int root) const;

  // Collective: element by element over the ranks, in place, the same result on each. `values` has
  // the same size everywhere.
  void sum(std::span<float> values) const;
  void sum(std::span<double> values) const;
  void sum(std::span<std::int64_t> values) const;
  void sum(std::span<std::uint64_t> values) const;
  std::uint64_t sum(std::uint64_t value) const;
  std::uint64_t min(std::uint64_t value) const;
  std::uint64_t max(std::uint64_t value) const;

  // The same sums beside other work: complete when all requests are done. Until then the values
  // stay untouched.
  std::vector<Request> isum(std::span<float> values) const;
  std::vector<Request> isum(std::span<double> values) const;
  std::vector<Request> isum(std::span<std::uint64_t> values) const;

  // The same beside other work: `value` becomes the largest when the request is done, and stays
  // untouched until then.
  Request iall_max(std::uint64_t& value) const;

  // Collective: every rank's bytes or values on `root`, by rank (empty elsewhere). Sizes may
  // differ.
  std::vector<std::vector<std::byte>> gather(std::span<const std::byte> bytes, int root) const;
  template <typename T>
  std::vector<std::vector<T>> gather(std::span<const T> values, int root) const;

  // Collective: every rank's bytes or values on all ranks, by rank. Sleeps until all have come.
  std::vector<std::vector<std::byte>> all_gather(std::span<const std::byte> bytes) const;
  template <typename T>
  std::vector<std::vector<T>> all_gather(std::span<const T> values) const;

  // A message between two ranks, under way when the call returns; tags are 0 to 32766. The first
  // isend keeps the bytes until they are sent; the caller of the other two keeps them unchanged
  // until the request is done. A message must have exactly the size of the bytes that receive it.
  Request isend(std::vector<std::byte> bytes, int to, int tag) const;
  Request isend(std::span<const std::byte> bytes, int to, int tag) const;
  Request ireceive(std::span<std::byte> bytes, int from, int tag) const;

  // Lets the MPI library make progress with what is under way: many libraries do so only while the
  // program is inside one of their calls.
  void progress() const;

  // The oldest message with this tag, from any rank, if one has arrived.
  std::optional<Message> try_receive(int tag) const;

  // The same without waiting for the rest of a long one, for which the sender may be needed.
  std::optional<Arrival> begin_receive(int tag) const;

 private:
  explicit Communicator(MPI_Comm handle);  // takes ownership
  void release() noexcept;

  MPI_Comm handle_ = MPI_COMM_NULL;
  int rank_ = 0;
  int size_ = 1;
  int exceptions_ = std::uncaught_exceptions();
};

// Turns the bytes that came from every rank back into the values that were sent.
template <typename T>
std::vector<std::vector<T>> values_of(const std::vector<std::vector<std::byte>>& all_bytes) {
  static_assert(std::is_trivially_copyable_v<T>);
  std::vector<std::vector<T>> all;
  for (const std::vector<std::byte>& bytes : all_bytes) {
    all.emplace_back(bytes.size() / sizeof(T));
    if (!bytes.empty()) std::memcpy(all.back().data(), bytes.data(), bytes.size());
  }
  return all;
}

template <typename T>
std::vector<std::vector<T>> Communicator::gather(std::span<const T> values, int root) const {
  return values_of<T>(gather(std::as_bytes(values), root));
}

template <typename T>
std::vector<std::vector<T>> Communicator::all_gather(std::span<const T> values) const {
  return values_of<T>(all_gather(std::as_bytes(values)));
}

}  // namespace tusk::mpi
