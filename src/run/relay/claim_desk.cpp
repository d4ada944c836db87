// SPDX-License-Identifier: Apache-2.0
#include "run/relay/claim_desk.hpp"

namespace tusk::relay {

std::uint64_t ClaimDesk::take() {
  if (back_.empty()) return next_++;
  return back_.extract(back_.begin()).value();
}

ClaimDesk::Grant ClaimDesk::grant(std::size_t waiting, std::size_t ahead, std::size_t workers) {
  Grant grant;
  while (grant.claims.size() < waiting && left() > 0) grant.claims.push_back(take());
  while (grant.claims.size() < waiting + ahead && left() > workers) grant.claims.push_back(take());
  grant.closed = left() <= workers;
  grant.over = left() == 0;
  return grant;
}

void ClaimDesk::take_back(const std::vector<std::uint64_t>& claims) {
  back_.insert(claims.begin(), claims.end());
}

void ClaimDesk::keep(State& state) {
  std::vector<std::uint64_t> returned = back();
  state("next", next_);
  state("back", returned);
  back_ = {returned.begin(), returned.end()};
}

}  // namespace tusk::relay
