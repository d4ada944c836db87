// SPDX-License-Identifier: Apache-2.0
#include "exchange/center/sharded_server.hpp"

#include <utility>

#include "exchange/center/require_size.hpp"
#include "mpi/polite_wait.hpp"

namespace tusk::center {

ShardedServer::ShardedServer(mpi::Communicator servers, std::unique_ptr<CenterServer> own,
                             std::vector<std::size_t> offsets)
    : servers_(std::move(servers)), own_(std::move(own)), offsets_(std::move(offsets)) {}

std::uint64_t ShardedServer::snapshot(std::span<float> out) {
  require_size(out.size(), size());
  std::vector<Transfer> arriving;
  for (std::size_t shard = 1; shard + 1 < offsets_.size(); ++shard) {
    const auto from = static_cast<int>(shard);
    const std::span<float> slice =
        out.subspan(offsets_[shard], offsets_[shard + 1] - offsets_[shard]);
    arriving.push_back(Transfer::receive(servers_, std::as_writable_bytes(slice), from, tag::out));
    servers_.isend(std::vector<std::byte>(1), from, tag::question).wait();
  }
  const std::uint64_t version = own_->snapshot(out.first(offsets_[1]));
  for (Transfer& transfer : arriving) {
    mpi::progress_until([&] { return transfer.done(); },
                        [&] {
                          const bool busy = own_->progress();  // workers are not to wait for others
                          return transfer.advance() || busy;
                        });
  }
  return version;
}

ShardServer::ShardServer(mpi::Communicator servers, std::unique_ptr<CenterServer> own)
    : servers_(std::move(servers)), own_(std::move(own)), copy_(own_->size()) {
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
  own_->snapshot(copy_);
  leaving_ = Transfer::send(servers_, std::as_bytes(std::span(copy_)), 0, tag::out);
  listen();
  return true;
}

}  // namespace tusk::center
