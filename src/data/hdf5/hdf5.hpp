// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <hdf5.h>

#include <mutex>
#include <string>
#include <utility>

#include "tusk/error.hpp"

namespace tusk::hdf5 {

// The process-wide lock around HDF5, whose builds with MPI are not thread-safe. The first one made
// also sets the library up: its error stack silent, no plug-ins. One thread may hold it repeatedly.
class Hdf5Lock {
 public:
  Hdf5Lock();

 private:
  std::lock_guard<std::recursive_mutex> guard_;
};

// Owns an HDF5 identifier and closes it with `close`.
class Handle {
 public:
  using Close = herr_t (*)(hid_t);

  Handle() = default;
  Handle(hid_t id, Close close) : id_(id), close_(close) {}
  Handle(Handle&& other) noexcept : id_(std::exchange(other.id_, -1)), close_(other.close_) {}
  Handle& operator=(Handle&& other) noexcept {
    std::swap(id_, other.id_);
    std::swap(close_, other.close_);
    return *this;
  }
  ~Handle();

  hid_t id() const { return id_; }
  bool valid() const { return id_ >= 0; }
  hid_t release() { return std::exchange(id_, -1); }

 private:
  hid_t id_ = -1;
  Close close_ = nullptr;
};

// Throws Error with `what` and the innermost message of HDF5's error stack, which is where it says
// what happened ("inflate() failed"). If that is an error of the operating system, the exit code is
// io_error and the message the system's.
[[noreturn]] void fail_hdf5(ExitCode code, const std::string& what);

// The result of an HDF5 call that cannot fail because of what a file holds.
template <typename Id>
Id checked(Id result, const char* call) {
  if (result < 0) fail_hdf5(ExitCode::internal, call);
  return result;
}

}  // namespace tusk::hdf5
