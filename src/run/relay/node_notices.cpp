// SPDX-License-Identifier: Apache-2.0
#include "run/relay/node_notices.hpp"

#include <utility>

namespace tusk::relay {
namespace {

constexpr std::chrono::seconds between_wishes{1};

}  // namespace

void NodeNotices::expect(std::uint64_t checkpoint, std::size_t parts) {
  parts_ = {};
  parts_.notice = records::Notice::written;
  parts_.number = checkpoint;
  missing_ = parts;
}

std::optional<records::Report> NodeNotices::add(const records::Report& notice) {
  switch (notice.notice) {
    case records::Notice::written:
    case records::Notice::failed:
      return add_part(notice);
    case records::Notice::signaled:
      if (!is_new_signal(notice.number)) return std::nullopt;
      return notice;
    case records::Notice::none:
    case records::Notice::arrived:
      break;
  }
  return std::nullopt;
}

std::optional<records::Report> NodeNotices::add_part(const records::Report& notice) {
  if (missing_ == 0 || notice.number != parts_.number) return std::nullopt;  // of one given up
  parts_.amount += notice.amount;
  if (notice.notice == records::Notice::failed) parts_.notice = records::Notice::failed;
  if (--missing_ > 0) return std::nullopt;
  return parts_;
}

bool NodeNotices::is_new_signal(std::uint64_t signal) {
  if (signal != 0) return !std::exchange(told_to_stop_, true);
  const auto now = Steady::now();
  if (last_wish_ && now - *last_wish_ < between_wishes) return false;
  last_wish_ = now;
  return true;
}

}  // namespace tusk::relay
