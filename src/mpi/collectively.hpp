// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <optional>
#include <type_traits>
#include <utility>

#include "tusk/error.hpp"

namespace tusk::mpi {

class Communicator;

// An error that every rank of the job throws at the same place: the job can end without an abort,
// and rank 0 alone reports it. Only collectively() throws it.
class CollectiveError : public Error {
 public:
  using Error::Error;
};

// Collective. Runs `work` on every rank; if it throws Error on some, every rank throws the error of
// the lowest of them as a CollectiveError, so that the job ends in one way and the user sees one
// line. `work` must hold no collective call that one rank can skip. Other exceptions become
// CollectiveError with code internal; std::bad_alloc says "out of memory", and where and how
// much if it is OutOfMemory. Ranks that are done
// sooner sleep until the last one is.
void collectively(const Communicator& communicator, const std::function<void()>& work);

// The same for work that one process may also do by itself: without a communicator it just runs.
void collectively(const Communicator* communicator, const std::function<void()>& work);

// The same for work that makes something: returns what this rank's `make` has returned.
template <typename Make>
requires(!std::is_void_v<std::invoke_result_t<const Make&>>) auto collectively(
    const Communicator& communicator, const Make& make) {
  std::optional<std::invoke_result_t<const Make&>> made;
  const std::function<void()> work = [&] { made.emplace(make()); };
  collectively(communicator, work);
  return *std::move(made);
}

}  // namespace tusk::mpi
