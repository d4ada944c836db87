// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <utility>

#include "exchange/center/update.hpp"
#include "run/records/report.hpp"
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

// A relay's access to `center`; nothing where its rule has none.
inline std::optional<RelayCenter> watched(center::CenterVariable* center) {
  if (center == nullptr) return {};
  return std::optional<RelayCenter>(std::in_place, *center);
}

// The record of an exchange, with its commit to the relays' center; `record` is then the next
// one's.
inline records::MergeRecord complete(records::MergeRecord& record,
                                     const std::optional<RelayCenter>& center) {
  if (center) {
    record.ticket = center->last().ticket;
    record.divisor = center->divisor();
  }
  const records::MergeRecord done = record;
  ++record.exchange;
  return done;
}

// The same as a report.
inline records::Report report_of(records::MergeRecord& record,
                                 const std::optional<RelayCenter>& center) {
  records::Report report;
  report.merges.push_back(complete(record, center));
  return report;
}

}  // namespace tusk::relay
