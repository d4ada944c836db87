// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <exception>
#include <functional>

namespace tusk::mpi {
class Communicator;
}

namespace tusk::convert {

// Work that the ranks do side by side, in rounds that some of them have more of than others. An
// error of one rank is kept until the next check, where it becomes every rank's, so that nobody
// waits for a rank that has left.
class Rounds {
 public:
  // Collective: there are as many rounds as the rank that has most of them asks for.
  Rounds(std::uint64_t wanted, const mpi::Communicator* communicator);

  // Runs `work(round)` for every round. Collective; throws the error of the lowest rank that has
  // one. The work does its parts by attempt() and join().
  void run(const std::function<void(std::uint64_t)>& work);

  // Runs `work` unless this rank has failed before; says whether it went well.
  bool attempt(const std::function<void()>& work);

  // Runs `work` even if this rank has failed before, because other ranks need it there: work with
  // collective calls. An error is kept as well.
  void join(const std::function<void()>& work);

 private:
  void check() const;

  const mpi::Communicator* communicator_;
  std::uint64_t rounds_;
  std::exception_ptr error_;
};

}  // namespace tusk::convert
