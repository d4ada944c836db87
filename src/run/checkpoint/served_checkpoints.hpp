// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <vector>

#include "run/checkpoint/checkpointer.hpp"
#include "run/checkpoint/notices.hpp"
#include "run/coordinator/coordinator.hpp"
#include "run/coordinator/server_loop.hpp"

namespace tusk::center {
class CenterServer;
}

namespace tusk::checkpoint {

// Rank 0's checkpoints of a run with a server: asks the workers for one (Cell::checkpoint), and
// when every worker that has not finished stands at its gate (served_gate.hpp), copies the center
// and its own state and lets them go on. All that a worker has reported came before its arrival.
class ServedCheckpoints final : public Notices, public coordinator::Duty {
 public:
  // `rank_of_worker_0`: the ranks of the workers follow those of the servers. What is referred to
  // must outlive the object.
  ServedCheckpoints(Checkpointer& checkpointer, coordinator::Coordinator& coordinator,
                    center::CenterServer& server, std::size_t workers,
                    std::size_t rank_of_worker_0);

  // For a run that goes on.
  void restore(const Facts& facts);

  void submit(records::Report report) override;
  bool advance() override;
  bool over() override;

 private:
  void on_arrival(const records::Report& notice) override;
  void ask();
  void cut();

  struct Place {
    bool arrived = false;
    bool finished = false;
    std::uint64_t steps = 0;
  };

  Checkpointer& checkpointer_;
  coordinator::Coordinator& coordinator_;
  center::CenterServer& server_;
  std::size_t rank_of_worker_0_;
  std::vector<Place> workers_;
  std::vector<std::uint64_t> steps_of_gone_;  // workers of a larger number, before
  bool wanted_ = false;
  std::uint64_t asked_ = 0;  // the cut that the workers are on their way to
  double asked_s_ = 0.0;
};

}  // namespace tusk::checkpoint
