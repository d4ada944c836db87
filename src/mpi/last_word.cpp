// SPDX-License-Identifier: Apache-2.0
#include "mpi/last_word.hpp"

#include <algorithm>
#include <atomic>
#include <thread>

#include "mpi/collectively.hpp"
#include "mpi/communicator.hpp"

namespace tusk::mpi {
namespace {

// One byte, which is aligned wherever the library puts it; the host's is made 0. Nothing where MPI
// has no shared memory.
std::optional<RmaWindow> share_flag(const Communicator& node) {
  constexpr int host = 0;
  try {
    RmaWindow flag = RmaWindow::allocate_shared(node, 1, host);
    collectively(node, [&] {
      if (node.rank() == host) flag.memory()[0] = std::byte{0};
      flag.sync();
    });
    return flag;
  } catch (const CollectiveError&) {
    return std::nullopt;
  }
}

}  // namespace

LastWord::LastWord(const Communicator& world) {
  using namespace std::chrono_literals;
  if (world.size() == 1) return;
  const Communicator node = world.split_by_node();
  flag_ = share_flag(node);
  const auto self = static_cast<std::uint64_t>(world.rank());
  const std::uint64_t place =
      flag_ ? node.min(self) : self;  // whose turn: the node's, or one's own
  turn_ = std::min(static_cast<std::int64_t>(place) * 50ms, 2000ms);
}

bool LastWord::claim() {
  std::this_thread::sleep_for(turn_);
  if (!flag_) return true;
  return std::atomic_ref(flag_->memory()[0]).exchange(std::byte{1}) == std::byte{0};
}

}  // namespace tusk::mpi
