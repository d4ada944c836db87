// SPDX-License-Identifier: Apache-2.0
#include "data/convert/rounds.hpp"

#include "mpi/collectively.hpp"
#include "mpi/communicator.hpp"

namespace tusk::convert {
namespace {

constexpr std::uint64_t rounds_between_checks = 8;

}  // namespace

Rounds::Rounds(std::uint64_t wanted, const mpi::Communicator* communicator)
    : communicator_(communicator),
      rounds_(communicator == nullptr ? wanted : communicator->max(wanted)) {}

void Rounds::run(const std::function<void(std::uint64_t)>& work) {
  for (std::uint64_t round = 0; round < rounds_; ++round) {
    work(round);
    const bool alone = communicator_ == nullptr;
    if (alone || round % rounds_between_checks == rounds_between_checks - 1) check();
  }
  check();
}

bool Rounds::attempt(const std::function<void()>& work) {
  if (!error_) join(work);
  return error_ == nullptr;
}

void Rounds::join(const std::function<void()>& work) {
  try {
    work();
  } catch (...) {
    if (!error_) error_ = std::current_exception();
  }
}

void Rounds::check() const {
  mpi::collectively(communicator_, [&] {
    if (error_) std::rethrow_exception(error_);
  });
}

}  // namespace tusk::convert
