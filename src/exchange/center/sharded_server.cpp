// SPDX-License-Identifier: Apache-2.0
#include "exchange/center/sharded_server.hpp"

#include <algorithm>
#include <utility>

#include "exchange/center/require_size.hpp"
#include "mpi/polite_wait.hpp"

namespace tusk::center {

namespace {

// What rank 0 asks another server for.
constexpr std::byte its_slice{0};
constexpr std::byte its_momentum{1};

}  // namespace

ShardedServer::ShardedServer(mpi::Communicator servers, std::unique_ptr<CenterServer> own,
                             std::vector<std::size_t> offsets, std::size_t statistics)
    : servers_(std::move(servers)),
      own_(std::move(own)),
      offsets_(std::move(offsets)),
      statistics_(statistics) {}

Transfer ShardedServer::ask(std::size_t shard, std::byte question, std::span<float> answer) {
  const auto from = static_cast<int>(shard);
  Transfer arriving = Transfer::receive(servers_, std::as_writable_bytes(answer), from, tag::out);
  servers_.isend(std::span<const std::byte>(&question, 1), from, tag::question).wait();
  return arriving;
}

void ShardedServer::wait_for(std::vector<Transfer>& arriving) {
  for (Transfer& transfer : arriving) {
    mpi::progress_until([&] { return transfer.done(); },
                        [&] {
                          const bool busy = own_->progress();  // workers are not to wait for others
                          return transfer.advance() || busy;
                        });
  }
}

std::uint64_t ShardedServer::snapshot(std::span<float> out) {
  require_size(out.size(), size());
  std::vector<Transfer> arriving;
  for (std::size_t shard = 1; shard + 1 < offsets_.size(); ++shard) {
    const std::size_t count = offsets_[shard + 1] - offsets_[shard];
    arriving.push_back(ask(shard, its_slice, out.subspan(offsets_[shard], count)));
  }
  const std::uint64_t version = own_->snapshot(out.first(offsets_[1]));
  wait_for(arriving);
  return version;
}

AlignedVector<float> ShardedServer::momentum() {
  std::vector<AlignedVector<float>> parts{own_->momentum()};
  if (parts.front().empty()) return {};
  const std::size_t weights = offsets_.back() - statistics_;
  for (std::size_t shard = 1; shard + 1 < offsets_.size(); ++shard) {
    parts.emplace_back(2 * (std::min(offsets_[shard + 1], weights) - offsets_[shard]));
  }
  std::vector<Transfer> arriving;
  for (std::size_t shard = 1; shard < parts.size(); ++shard) {
    arriving.push_back(ask(shard, its_momentum, parts[shard]));
  }
  wait_for(arriving);
  AlignedVector<float> whole;
  for (const bool kept : {false, true}) {
    for (const AlignedVector<float>& part : parts) {
      const auto middle = part.begin() + static_cast<std::ptrdiff_t>(part.size() / 2);
      whole.insert(whole.end(), kept ? middle : part.begin(), kept ? part.end() : middle);
    }
  }
  return whole;
}

ShardServer::ShardServer(mpi::Communicator servers, std::unique_ptr<CenterServer> own)
    : servers_(std::move(servers)), own_(std::move(own)) {
  listen();
}

void ShardServer::listen() {
  asking_ = servers_.ireceive(std::span(&question_, 1), 0, tag::question);
}

bool ShardServer::progress() {
  const bool busy = own_->progress();
  return answer() || busy;
}

bool ShardServer::answer() {
  const bool sending = leaving_.advance();
  if (!asking_.test()) return sending;
  leaving_.wait();  // rank 0 has all of it, or it would not ask again
  if (question_ == its_momentum) {
    copy_ = own_->momentum();
  } else {
    copy_.resize(own_->size());
    own_->snapshot(copy_);
  }
  leaving_ = Transfer::send(servers_, std::as_bytes(std::span(copy_)), 0, tag::out);
  listen();
  return true;
}

}  // namespace tusk::center
