// SPDX-License-Identifier: Apache-2.0
#include "exchange/center/consistency.hpp"

namespace tusk::center {

std::optional<Consistency> offered(Transport transport, std::optional<Consistency> wanted) {
  switch (transport) {
    case Transport::shared:
      return wanted == Consistency::none ? Consistency::none : Consistency::snapshot;
    case Transport::message:
      if (wanted.value_or(Consistency::snapshot) == Consistency::snapshot)
        return Consistency::snapshot;
      break;
    case Transport::rma:
      if (wanted == Consistency::none) break;
      return wanted.value_or(Consistency::element);
    case Transport::automatic:
      break;
  }
  return std::nullopt;
}

}  // namespace tusk::center
