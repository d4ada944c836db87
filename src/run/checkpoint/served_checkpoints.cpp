// SPDX-License-Identifier: Apache-2.0
#include "run/checkpoint/served_checkpoints.hpp"

#include <optional>
#include <utility>

#include "exchange/center/center_server.hpp"

namespace tusk::checkpoint {

ServedCheckpoints::ServedCheckpoints(Checkpointer& checkpointer,
                                     coordinator::Coordinator& coordinator,
                                     center::CenterServer& server, std::size_t servers,
                                     std::size_t workers)
    : AskedCheckpoints(checkpointer, coordinator, server.board(),
                       PartRanks::behind_servers(servers, workers)),
      coordinator_(coordinator),
      server_(server) {}

bool ServedCheckpoints::advance() {
  if (asked() != 0 && all_there()) cut();
  return AskedCheckpoints::advance();
}

void ServedCheckpoints::cut() {
  if (coordinator_.all_finished()) return cancel();
  std::optional<CenterCopy> center = CenterCopy::of(server_);
  write(
      [&](State& state) {
        state("center", center);
        state("coordinator", coordinator_);
      },
      center->theta);
}

}  // namespace tusk::checkpoint
