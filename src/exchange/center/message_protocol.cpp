// SPDX-License-Identifier: Apache-2.0
#include "exchange/center/message_protocol.hpp"

#include <algorithm>

#include "mpi/polite_wait.hpp"

namespace tusk::center {
namespace {

template <typename Bytes>
Bytes piece_at(Bytes bytes, std::size_t first) {
  return bytes.subspan(first, std::min(piece, bytes.size() - first));
}

}  // namespace

Transfer Transfer::send(const mpi::Communicator& communicator, std::span<const std::byte> bytes,
                        int to, int tag) {
  Transfer transfer;
  for (std::size_t first = 0; first < bytes.size(); first += piece) {
    transfer.add(communicator.isend(piece_at(bytes, first), to, tag));
  }
  return transfer;
}

Transfer Transfer::receive(const mpi::Communicator& communicator, std::span<std::byte> bytes,
                           int from, int tag) {
  Transfer transfer;
  for (std::size_t first = 0; first < bytes.size(); first += piece) {
    transfer.add(communicator.ireceive(piece_at(bytes, first), from, tag));
  }
  return transfer;
}

bool Transfer::advance() {
  const std::size_t before = first_;
  while (!done() && pieces_[first_].test()) ++first_;
  return first_ != before;
}

void Transfer::wait() {
  mpi::progress_until([this] { return done(); }, [this] { return advance(); });
}

}  // namespace tusk::center
