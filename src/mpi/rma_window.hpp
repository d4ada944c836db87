// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <mpi.h>

#include <cstddef>
#include <cstdint>
#include <exception>
#include <span>

#include "mpi/communicator.hpp"

namespace tusk::mpi {

// An rma window: memory of one rank, the host, that the others read and change by one-sided
// operations. From its allocation to its end it is in one passive epoch (MPI_Win_lock_all), so that
// operations need no further locks; they complete at flush(). Vectors go in pieces of 128 MiB,
// because counts and bytes beyond 2³¹ fail in several MPI libraries. MPI_ERRORS_RETURN, every call
// checked. `at` is a byte offset into the host's memory; origin and result buffers must not overlap
// and must stay untouched until flush(). Additions and reads of the same cells are atomic element
// by element, and one rank's on the same element keep their order.
//
// Move-only. The destructor is collective: it sleeps until every rank is there, then frees; while
// an exception passes through it leaves the window alone. Everything throws Error(internal) when
// MPI reports an error.
class RmaWindow {
 public:
  // Collective: `bytes` on the host, nothing on the others, for one-sided operations. Throws on
  // every rank if it fails on one.
  static RmaWindow allocate(const Communicator& communicator, std::size_t bytes, int host);

  // Collective: the same as memory that every rank maps, for loads and stores through memory();
  // all ranks on one node. The base that the library returns is not aligned.
  static RmaWindow allocate_shared(const Communicator& communicator, std::size_t bytes, int host);

  RmaWindow(RmaWindow&& other) noexcept;
  RmaWindow& operator=(RmaWindow&& other) noexcept;
  ~RmaWindow();

  // The host's memory: on the host, and with allocate_shared on every rank; otherwise empty.
  std::span<std::byte> memory() const { return memory_; }

  // host[i] += values[i].
  void accumulate(std::span<const float> values, std::size_t at);

  // host[i] = values[i], atomic for each element beside accumulates.
  void replace(std::span<const float> values, std::size_t at);

  // out[i] = host[i], atomic for each element beside accumulates (MPI_Get_accumulate, MPI_NO_OP).
  void read(std::span<float> out, std::size_t at);
  void read(std::span<std::int64_t> out, std::size_t at);

  // One cell, complete on return: the value before.
  std::int64_t fetch_add(std::int64_t value, std::size_t at);
  std::int64_t replace(std::int64_t value, std::size_t at);
  std::int64_t load(std::size_t at);

  void flush();  // completes this rank's operations, here and at the host

  // Lets the MPI library make progress. Where the library emulates one-sided operations they need
  // the host's help, so the host calls this again and again.
  void progress();

  void sync();  // makes loads and stores through memory() and one-sided operations see each other

 private:
  RmaWindow(const Communicator& communicator, int host);
  void release() noexcept;
  void begin_epoch();
  void accumulate_by(MPI_Op operation, std::span<const float> values, std::size_t at);
  template <typename T>
  void read_atomically(std::span<T> out, MPI_Datatype type, std::size_t at);
  std::int64_t fetch_and_op(std::int64_t value, MPI_Op operation, std::size_t at);

  Communicator communicator_;
  MPI_Win handle_ = MPI_WIN_NULL;
  int host_ = 0;
  std::span<std::byte> memory_;
  int exceptions_ = std::uncaught_exceptions();
};

}  // namespace tusk::mpi
