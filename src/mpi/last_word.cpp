// SPDX-License-Identifier: Apache-2.0
#include "mpi/last_word.hpp"

#include <algorithm>
#include <atomic>
#include <cstdint>
#include <thread>

#include "mpi/collectively.hpp"
#include "mpi/communicator.hpp"

namespace tusk::mpi {
namespace {

constexpr std::size_t line = LastWord::bytes_a_rank;

// Two lines more than the ranks need: the flag's, and to begin at a line wherever the library puts
// the memory. The host's is made 0. Nothing where MPI has no shared memory.
std::optional<RmaWindow> share_memory(const Communicator& node) {
  constexpr int host = 0;
  const std::size_t bytes = (static_cast<std::size_t>(node.size()) + 2) * line;
  try {
    RmaWindow shared = RmaWindow::allocate_shared(node, bytes, host);
    collectively(node, [&] {
      if (node.rank() == host) std::ranges::fill(shared.memory(), std::byte{0});
      shared.sync();
    });
    return shared;
  } catch (const CollectiveError&) {
    return std::nullopt;
  }
}

// How many bytes it is to the next line. The mappings begin at different addresses in every
// process, but all at the same distance from a page.
std::size_t offset_to_line(const std::byte* memory) {
  return (line - reinterpret_cast<std::uintptr_t>(memory) % line) % line;
}

}  // namespace

LastWord::LastWord(const Communicator& world) {
  using namespace std::chrono_literals;
  if (world.size() == 1) return;
  const Communicator node = world.split_by_node();
  shared_ = share_memory(node);
  rank_on_node_ = static_cast<std::size_t>(node.rank());
  if (shared_) {
    std::size_t offset = offset_to_line(shared_->memory().data());
    node.broadcast(std::as_writable_bytes(std::span(&offset, 1)), 0);
    const std::span<std::byte> lines = shared_->memory().subspan(offset);
    flag_ = lines.data();
    memory_ = lines.subspan(line, static_cast<std::size_t>(node.size()) * line);
  }
  const auto self = static_cast<std::uint64_t>(world.rank());
  const std::uint64_t place =
      shared_ ? node.min(self) : self;  // whose turn: the node's, or one's own
  turn_ = std::min(static_cast<std::int64_t>(place) * 50ms, 2000ms);
}

bool LastWord::claim() {
  std::this_thread::sleep_for(turn_);
  return claim_now();
}

bool LastWord::claim_now() {
  if (flag_ == nullptr) return true;
  return std::atomic_ref(*flag_).exchange(std::byte{1}) == std::byte{0};
}

}  // namespace tusk::mpi
