// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>

#include "experiment/server_options.hpp"
#include "experiment/trainer_options.hpp"

namespace tusk::center {

// The consistency that `transport` (not `automatic`) gives when asked for `wanted`; when asked for
// none in particular, the strongest that it has. Nothing if it does not offer what is asked.
// make_center chooses by it.
//   shared   snapshot, none; for element it gives snapshot, which promises more
//   message  snapshot
//   rma      element; snapshot if asked for it by both names, by a lock for which the exchanges
//            queue up over the network. `none` would be plain MPI_Get and MPI_Put on the same
//            cells, whose outcome MPI leaves undefined, and no cheaper: accumulates are what the
//            network does best.
std::optional<Consistency> offered(Transport transport, std::optional<Consistency> wanted);

}  // namespace tusk::center
