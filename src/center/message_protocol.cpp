// SPDX-License-Identifier: Apache-2.0
#include "message_protocol.hpp"

#include <algorithm>

#include "tusk/mpi/polite_wait.hpp"

namespace tusk::center {
namespace {

template <typename Values>
Values piece_at(Values values, std::size_t first) {
  return values.subspan(first, std::min(piece, values.size() - first));
}

}  // namespace

Transfer Transfer::send(const mpi::Communicator& communicator, std::span<const float> values,
                        int to, int tag) {
  Transfer transfer;
  for (std::size_t first = 0; first < values.size(); first += piece) {
    transfer.add(communicator.isend(std::as_bytes(piece_at(values, first)), to, tag));
  }
  return transfer;
}

Transfer Transfer::receive(const mpi::Communicator& communicator, std::span<float> values, int from,
                           int tag) {
  Transfer transfer;
  for (std::size_t first = 0; first < values.size(); first += piece) {
    transfer.add(communicator.ireceive(std::as_writable_bytes(piece_at(values, first)), from, tag));
  }
  return transfer;
}

bool Transfer::advance() {
  const std::size_t before = first_;
  while (!done() && pieces_[first_].test()) ++first_;
  return first_ != before;
}

void Transfer::wait() {
  mpi::PoliteWait wait;
  while (!done()) {
    if (advance()) {
      wait.reset();
    } else {
      wait.pause();
    }
  }
}

}  // namespace tusk::center
