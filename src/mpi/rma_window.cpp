// SPDX-License-Identifier: Apache-2.0
#include "mpi/rma_window.hpp"

#include <functional>
#include <string>
#include <utility>

#include "core/log.hpp"
#include "mpi/check.hpp"
#include "mpi/collectively.hpp"
#include "mpi/communicator.hpp"
#include "mpi/environment.hpp"
#include "mpi/pieces.hpp"
#include "mpi/window_memory.hpp"
#include "tusk/error.hpp"

namespace tusk::mpi {
namespace {

constexpr std::size_t window_piece_bytes = std::size_t{128} << 20;

template <typename T>
MPI_Aint place(std::size_t at, std::size_t element) {
  return static_cast<MPI_Aint>(at + element * sizeof(T));
}

}  // namespace

RmaWindow::RmaWindow(const Communicator& communicator, int host)
    : communicator_(communicator.duplicate()), host_(host) {}

RmaWindow::RmaWindow(RmaWindow&& other) noexcept
    : communicator_(std::move(other.communicator_)),
      handle_(std::exchange(other.handle_, MPI_WIN_NULL)),
      host_(other.host_),
      memory_(other.memory_),
      exceptions_(other.exceptions_) {}

RmaWindow& RmaWindow::operator=(RmaWindow&& other) noexcept {
  if (this != &other) {
    release();
    communicator_ = std::move(other.communicator_);
    handle_ = std::exchange(other.handle_, MPI_WIN_NULL);
    host_ = other.host_;
    memory_ = other.memory_;
    exceptions_ = other.exceptions_;
  }
  return *this;
}

RmaWindow::~RmaWindow() { release(); }

void RmaWindow::release() noexcept {
  if (handle_ == MPI_WIN_NULL || std::uncaught_exceptions() > exceptions_) return;
  try {
    check(MPI_Win_unlock_all(handle_), "MPI_Win_unlock_all");
    communicator_.barrier();
    check(MPI_Win_free(&handle_), "MPI_Win_free");
  } catch (const Error& error) {
    warning("the center's rma window was not freed: {}", error.what());
  }
}

RmaWindow RmaWindow::allocate(const Communicator& communicator, std::size_t bytes, int host) {
  const std::uint64_t node = std::hash<std::string>()(host_name());  // cheaper than MPI's split
  const bool one_node = communicator.size() > 1 && communicator.min(node) == communicator.max(node);
  require_window_memory(communicator, bytes, host, one_node);
  RmaWindow window(communicator, host);
  const bool hosting = communicator.rank() == host;
  const auto own = static_cast<MPI_Aint>(hosting ? bytes : 0);
  void* base = nullptr;
  collectively(window.communicator_, [&] {
    check(MPI_Win_allocate(own, 1, MPI_INFO_NULL, window.communicator_.handle(), &base,
                           &window.handle_),
          "MPI_Win_allocate");
  });
  if (hosting) window.memory_ = {static_cast<std::byte*>(base), bytes};
  window.begin_epoch();
  return window;
}

RmaWindow RmaWindow::allocate_shared(const Communicator& communicator, std::size_t bytes,
                                     int host) {
  require_window_memory(communicator, bytes, host, true);
  RmaWindow window(communicator, host);
  const auto own = static_cast<MPI_Aint>(communicator.rank() == host ? bytes : 0);
  void* base = nullptr;
  collectively(window.communicator_, [&] {
    check(MPI_Win_allocate_shared(own, 1, MPI_INFO_NULL, window.communicator_.handle(), &base,
                                  &window.handle_),
          "MPI_Win_allocate_shared");
  });
  MPI_Aint size = 0;
  int unit = 0;
  collectively(window.communicator_, [&] {
    check(MPI_Win_shared_query(window.handle_, host, &size, &unit, &base), "MPI_Win_shared_query");
  });
  window.memory_ = {static_cast<std::byte*>(base), bytes};
  window.begin_epoch();
  return window;
}

void RmaWindow::begin_epoch() {
  collectively(communicator_, [&] {
    check(MPI_Win_set_errhandler(handle_, MPI_ERRORS_RETURN), "MPI_Win_set_errhandler");
    check(MPI_Win_lock_all(MPI_MODE_NOCHECK, handle_), "MPI_Win_lock_all");
  });
}

void RmaWindow::accumulate_by(MPI_Op operation, std::span<const float> values, std::size_t at) {
  in_pieces(values.size(), window_piece_bytes / sizeof(float), [&](std::size_t first, int count) {
    check(MPI_Accumulate(values.data() + first, count, MPI_FLOAT, host_, place<float>(at, first),
                         count, MPI_FLOAT, operation, handle_),
          "MPI_Accumulate");
  });
}

void RmaWindow::accumulate(std::span<const float> values, std::size_t at) {
  accumulate_by(MPI_SUM, values, at);
}

void RmaWindow::replace(std::span<const float> values, std::size_t at) {
  accumulate_by(MPI_REPLACE, values, at);
}

template <typename T>
void RmaWindow::read_atomically(std::span<T> out, MPI_Datatype type, std::size_t at) {
  in_pieces(out.size(), window_piece_bytes / sizeof(T), [&](std::size_t first, int count) {
    check(MPI_Get_accumulate(nullptr, 0, type, out.data() + first, count, type, host_,
                             place<T>(at, first), count, type, MPI_NO_OP, handle_),
          "MPI_Get_accumulate");
  });
}

void RmaWindow::read(std::span<float> out, std::size_t at) { read_atomically(out, MPI_FLOAT, at); }

void RmaWindow::read(std::span<std::int64_t> out, std::size_t at) {
  read_atomically(out, MPI_INT64_T, at);
}

std::int64_t RmaWindow::fetch_and_op(std::int64_t value, MPI_Op operation, std::size_t at) {
  std::int64_t before = 0;
  check(MPI_Fetch_and_op(&value, &before, MPI_INT64_T, host_, static_cast<MPI_Aint>(at), operation,
                         handle_),
        "MPI_Fetch_and_op");
  flush();
  return before;
}

std::int64_t RmaWindow::fetch_add(std::int64_t value, std::size_t at) {
  return fetch_and_op(value, MPI_SUM, at);
}

std::int64_t RmaWindow::replace(std::int64_t value, std::size_t at) {
  return fetch_and_op(value, MPI_REPLACE, at);
}

std::int64_t RmaWindow::load(std::size_t at) { return fetch_and_op(0, MPI_NO_OP, at); }

void RmaWindow::flush() { check(MPI_Win_flush(host_, handle_), "MPI_Win_flush"); }

void RmaWindow::progress() { communicator_.progress(); }

void RmaWindow::sync() { check(MPI_Win_sync(handle_), "MPI_Win_sync"); }

}  // namespace tusk::mpi
