// SPDX-License-Identifier: Apache-2.0
#include "exchange/center/message_server.hpp"

#include <algorithm>
#include <utility>

#include "exchange/center/require_size.hpp"

namespace tusk::center {

using Kind = Update::Kind;
using Topic = Question::Topic;

MessageServer::MessageServer(mpi::Communicator communicator, std::span<const float> initial,
                             const TransportOptions& options)
    : communicator_(std::move(communicator)),
      size_(initial.size() - options.statistics),
      statistics_(options.statistics),
      compression_(options.compression),
      state_(std::make_shared<LocalState>(initial,
                                          static_cast<std::size_t>(communicator_.size() - 1),
                                          options.statistics, options.momentum)),
      callers_(static_cast<std::size_t>(communicator_.size() - 1)) {
  int rank = 0;
  for (Caller& caller : callers_) {
    caller.rank = ++rank;
    caller.in.resize(size_);
    caller.statistics.resize(2 * statistics_);
    if (compression_.kind != CompressionKind::none) {
      caller.compressed.resize(compressed_bytes(compression_, size_));
    }
    expect_commit(caller);
    listen(caller);
  }
}

void MessageServer::listen(Caller& caller) {
  caller.heard = false;
  caller.asking = communicator_.ireceive(std::as_writable_bytes(std::span(&caller.question, 1)),
                                         caller.rank, tag::question);
}

void MessageServer::expect_commit(Caller& caller) {
  const std::span<std::byte> into = caller.compressed.empty()
                                        ? std::as_writable_bytes(std::span(caller.in))
                                        : std::span(caller.compressed);
  caller.arriving = Transfer::receive(communicator_, into, caller.rank, tag::in);
  caller.arriving_statistics =
      Transfer::receive(communicator_, std::as_writable_bytes(std::span(caller.statistics)),
                        caller.rank, tag::statistics);
}

bool MessageServer::progress() {
  bool any = false;
  for (Caller& caller : callers_) any = attend(caller) || any;
  return any;
}

// Whether a part of the result has left since the last call.
bool MessageServer::leave(Caller& caller) {
  const bool weights = caller.leaving.advance();
  return caller.leaving_statistics.advance() || weights;
}

void MessageServer::reclaim(Caller& caller) {
  if (!caller.leaving.done() || !caller.leaving_statistics.done() || caller.out.empty()) return;
  spare_.push_back(std::exchange(caller.out, {}));
}

bool MessageServer::attend(Caller& caller) {
  bool any = leave(caller);
  reclaim(caller);
  if (!caller.heard) {
    if (!caller.asking.test()) return any;
    caller.heard = any = true;
    if (caller.question.kind == Kind::proximity) {
      caller.pulled.resize(size_);
      caller.arriving_pulled =
          Transfer::receive(communicator_, std::as_writable_bytes(std::span(caller.pulled)),
                            caller.rank, tag::pulled);
    }
  }
  if (caller.question.kind != Kind::pull) {
    any = caller.arriving.advance() || any;
    any = caller.arriving_pulled.advance() || any;
    any = caller.arriving_statistics.advance() || any;
    if (!caller.arriving.done() || !caller.arriving_pulled.done() ||
        !caller.arriving_statistics.done()) {
      return any;
    }
  }
  answer(caller);
  return true;
}

void MessageServer::answer(Caller& caller) {
  // The worker has everything of its previous question, or it would not ask again.
  caller.answering.wait();
  caller.leaving.wait();
  caller.leaving_statistics.wait();
  reclaim(caller);
  const Question& question = caller.question;
  const auto cell = static_cast<Cell>(question.cell);
  switch (question.topic) {
    case Topic::update:
      answer_update(caller);
      break;
    case Topic::read:
      caller.answer.resize(static_cast<std::size_t>(question.value));
      board().read(cell, caller.answer);
      break;
    case Topic::store:
      caller.answer = {question.value};
      board().store(cell, question.value);
      break;
    case Topic::fetch_add:
      caller.answer = {board().fetch_add(cell, question.value)};
      break;
  }
  listen(caller);
  caller.answering =
      communicator_.isend(std::as_bytes(std::span(caller.answer)), caller.rank, tag::answer);
}

void MessageServer::answer_update(Caller& caller) {
  const Question& question = caller.question;
  Update update{.kind = question.kind,
                .factor = question.factor,
                .version = question.version,
                .absent = question.absent,
                .least = question.least,
                .every = question.every,
                .momentum = question.momentum,
                .learning_rate = question.learning_rate,
                .in = caller.in.data(),
                .pulled = caller.pulled.data(),
                .statistics = {.decay = caller.statistics.data() + statistics_,
                               .in = caller.statistics.data()}};
  const bool replies = update.kind != Kind::commit;
  if (replies) {
    if (spare_.empty()) spare_.emplace_back(size());
    caller.out = std::move(spare_.back());
    spare_.pop_back();
    update.out = caller.out.data();
    update.statistics.out = caller.out.data() + size_;
  }
  if (update.commits() && !caller.compressed.empty()) {
    decompress(compression_, caller.compressed, caller.in);
  }
  caller.answer = {static_cast<std::int64_t>(state_->begin(update))};
  caller.leaving = {};
  caller.leaving_statistics = {};
  constexpr std::size_t step = piece / sizeof(float);
  for (std::size_t first = 0; first < size_; first += step) {
    const std::size_t last = std::min(first + step, size_);
    apply(update, state_->theta().data(), first, last);
    if (!replies) continue;
    const std::span<const float> part(caller.out.data() + first, last - first);
    caller.leaving.add(communicator_.isend(std::as_bytes(part), caller.rank, tag::out));
  }
  apply_to_statistics(update, state_->statistics().data(), statistics_, state_->kept());
  if (replies) {
    const std::span<const float> statistics(update.statistics.out, statistics_);
    caller.leaving_statistics =
        Transfer::send(communicator_, std::as_bytes(statistics), caller.rank, tag::statistics);
  }
  if (update.commits()) expect_commit(caller);
}

// Updates that arrive meanwhile are received, but wait to be done.
std::uint64_t MessageServer::snapshot(std::span<float> out) {
  require_size(out.size(), size());
  constexpr std::size_t step = piece / sizeof(float);
  for (std::size_t first = 0; first < size(); first += step) {
    const std::size_t count = std::min(step, size() - first);
    std::ranges::copy(state_->theta().subspan(first, count),
                      out.begin() + static_cast<std::ptrdiff_t>(first));
    communicator_.progress();
  }
  return state_->updates();
}

}  // namespace tusk::center
