// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <mpi.h>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace tusk::mpi {

// Throws Error(internal) that names the call, unless `code` is MPI_SUCCESS.
void check(int code, const char* call);

// A message under way. Waits (politely) in its destructor; the buffer must outlive it.
class Request;

// Some ranks of the job. Owns its communicator (a duplicate), with MPI_ERRORS_RETURN. Move-only.
class Communicator {
 public:
  static Communicator world();

  int rank() const;
  int size() const;
  MPI_Comm handle() const;

  // Collective.
  Communicator duplicate() const;
  Communicator split(int color, int key) const;
  Communicator split_by_node() const;

  // Collective. Sleeps while it waits, where MPI_Barrier spins.
  void barrier() const;

  // Collective: `root`'s bytes, text or values on every rank.
  void broadcast(std::span<std::byte> bytes, int root) const;
  std::string broadcast(std::string text, int root) const;

  // Collective, in place.
  void sum(std::span<float> values) const;
  void sum(std::span<double> values) const;
  void sum(std::span<std::uint64_t> values) const;
  std::uint64_t min(std::uint64_t value) const;
  std::uint64_t max(std::uint64_t value) const;

  // Collective: every rank's bytes on `root`, by rank (empty elsewhere).
  std::vector<std::vector<std::byte>> gather(std::span<const std::byte> bytes, int root) const;
};

}  // namespace tusk::mpi
