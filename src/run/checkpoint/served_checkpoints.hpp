// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>

#include "run/checkpoint/asked_checkpoints.hpp"

namespace tusk::center {
class CenterServer;
}

namespace tusk::checkpoint {

// Rank 0's checkpoints of a run with one center, which it serves: when every worker that has not
// finished stands at its gate, copies the center and its own state and lets them go on.
class ServedCheckpoints final : public AskedCheckpoints {
 public:
  // So many servers come before the workers. What is referred to must outlive the object.
  ServedCheckpoints(Checkpointer& checkpointer, coordinator::Coordinator& coordinator,
                    center::CenterServer& server, std::size_t servers, std::size_t workers);

  bool advance() override;

 private:
  void cut();

  coordinator::Coordinator& coordinator_;
  center::CenterServer& server_;
};

}  // namespace tusk::checkpoint
