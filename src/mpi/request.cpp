// SPDX-License-Identifier: Apache-2.0
#include "mpi/request.hpp"

#include <utility>

#include "core/log.hpp"
#include "mpi/check.hpp"
#include "mpi/polite_wait.hpp"
#include "tusk/error.hpp"

namespace tusk::mpi {

Request::Request(MPI_Request handle, Kind kind, std::vector<std::byte> bytes)
    : handle_(handle), kind_(kind), bytes_(std::move(bytes)) {}

Request::Request(Request&& other) noexcept
    : handle_(std::exchange(other.handle_, MPI_REQUEST_NULL)),
      kind_(other.kind_),
      bytes_(std::move(other.bytes_)),
      exceptions_(other.exceptions_) {}

Request& Request::operator=(Request&& other) noexcept {
  if (this != &other) {
    finish();
    handle_ = std::exchange(other.handle_, MPI_REQUEST_NULL);
    kind_ = other.kind_;
    bytes_ = std::move(other.bytes_);
    exceptions_ = other.exceptions_;
  }
  return *this;
}

Request::~Request() { finish(); }

bool Request::test() {
  int done = 0;
  check(MPI_Test(&handle_, &done, MPI_STATUS_IGNORE), "MPI_Test");
  return done != 0;
}

void Request::wait() {
  PoliteWait wait;
  while (!test()) wait.pause();
}

void Request::finish() noexcept {
  if (handle_ == MPI_REQUEST_NULL) return;
  if (std::uncaught_exceptions() > exceptions_) {
    // Left behind on purpose: MPI may read the bytes until the job ends.
    if (!bytes_.empty()) static_cast<void>(new std::vector<std::byte>(std::move(bytes_)));
    return;
  }
  try {
    if (kind_ == Kind::receive) check(MPI_Cancel(&handle_), "MPI_Cancel");
    wait();
  } catch (const Error& error) {
    warning("a message was lost: {}", error.what());
  }
}

}  // namespace tusk::mpi
