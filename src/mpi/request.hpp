// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <mpi.h>

#include <cstddef>
#include <exception>
#include <vector>

namespace tusk::mpi {

// A message or barrier under way. Default-constructed, moved-from and completed ones are done. The
// destructor waits for completion, politely, and withdraws a receive that no message has matched;
// while an exception passes through it abandons the operation instead, with the bytes that it owns,
// because the peer may never answer and the job is ending. Move-only. Throws Error(internal) when
// MPI reports an error.
class Request {
 public:
  enum class Kind { send, receive, barrier };

  Request() = default;
  Request(MPI_Request handle, Kind kind, std::vector<std::byte> bytes = {});
  Request(Request&& other) noexcept;
  Request& operator=(Request&& other) noexcept;
  ~Request();

  bool test();  // whether it is done; lets MPI make progress
  void wait();  // until it is done; sleeps while it waits (see polite_wait.hpp)

 private:
  void finish() noexcept;

  MPI_Request handle_ = MPI_REQUEST_NULL;
  Kind kind_ = Kind::send;
  std::vector<std::byte> bytes_;  // what is sent, where the caller does not keep it
  int exceptions_ = std::uncaught_exceptions();
};

}  // namespace tusk::mpi
