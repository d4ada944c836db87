// SPDX-License-Identifier: Apache-2.0
#include "exchange/center/mpi_peers.hpp"

#include "mpi/communicator.hpp"

namespace tusk::center {

std::size_t MpiPeers::count() const { return static_cast<std::size_t>(communicator_.size()); }
std::size_t MpiPeers::index() const { return static_cast<std::size_t>(communicator_.rank()); }
void MpiPeers::sum(std::span<float> values) { communicator_.sum(values); }
void MpiPeers::sum(std::span<double> values) { communicator_.sum(values); }
std::uint64_t MpiPeers::max(std::uint64_t value) { return communicator_.max(value); }

}  // namespace tusk::center
