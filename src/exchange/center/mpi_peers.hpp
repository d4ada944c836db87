// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "tusk/peers.hpp"

namespace tusk::mpi {
class Communicator;
}

namespace tusk::center {

// The ranks of a communicator, which must outlive the object, as peers (MPI_Allreduce).
class MpiPeers final : public Peers {
 public:
  explicit MpiPeers(const mpi::Communicator& communicator) : communicator_(communicator) {}

  std::size_t count() const override;
  std::size_t index() const override;
  void sum(std::span<float> values) override;
  void sum(std::span<double> values) override;
  std::uint64_t max(std::uint64_t value) override;

 private:
  const mpi::Communicator& communicator_;
};

}  // namespace tusk::center
