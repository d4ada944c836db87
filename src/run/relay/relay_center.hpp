// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

#include "exchange/center/update.hpp"
#include "tusk/center.hpp"

namespace tusk::relay {

// A relay's access to the center that relays share, which remembers its last commit.
class RelayCenter final : public center::CenterVariable {
 public:
  // `center` must outlive the object.
  explicit RelayCenter(center::CenterVariable& center) : center_(center) {}

  std::size_t size() const override { return center_.size(); }
  std::size_t statistics() const override { return center_.statistics(); }
  center::Commit perform(const center::Update& update) override {
    const center::Commit done = center_.perform(update);
    if (!update.commits()) return done;
    last_ = done;
    divisor_ = update.weight(done.staleness);
    return done;
  }
  void keep(State& state) override { center_.keep(state); }
  center::ControlBoard& board() override { return center_.board(); }

  const center::Commit& last() const { return last_; }
  std::uint64_t divisor() const { return divisor_; }  // of it, for its staleness

 private:
  center::CenterVariable& center_;
  center::Commit last_;
  std::uint64_t divisor_ = 1;
};

}  // namespace tusk::relay
