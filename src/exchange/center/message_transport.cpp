// SPDX-License-Identifier: Apache-2.0
// The transport `message`, the workers' side: two-sided messages that rank 0 answers, on a
// communicator of their own.
#include <functional>
#include <memory>
#include <optional>
#include <utility>

#include "exchange/center/center_worker.hpp"
#include "exchange/center/compression.hpp"
#include "exchange/center/local_center.hpp"
#include "exchange/center/message_call.hpp"
#include "exchange/center/message_protocol.hpp"
#include "exchange/center/message_server.hpp"
#include "exchange/center/transports.hpp"
#include "mpi/collectively.hpp"

namespace tusk::center {
namespace {

using Topic = Question::Topic;

// Waits for a call that is on its way: a worker asks one question at a time.
class MessageBoard final : public ControlBoard {
 public:
  MessageBoard(const mpi::Communicator& communicator, MessageCall& call)
      : ControlBoard(static_cast<std::size_t>(communicator.size() - 1)),
        communicator_(communicator),
        call_(call) {}

  void read(Cell first, std::span<std::int64_t> values) override {
    ask({.topic = Topic::read,
         .cell = static_cast<std::uint64_t>(first),
         .value = static_cast<std::int64_t>(values.size())},
        values);
  }
  void store(Cell cell, std::int64_t value) override { ask(Topic::store, cell, value); }
  std::int64_t fetch_add(Cell cell, std::int64_t value) override {
    return ask(Topic::fetch_add, cell, value);
  }

 private:
  std::int64_t ask(Topic topic, Cell cell, std::int64_t value) {
    std::int64_t answer = 0;
    ask({.topic = topic, .cell = static_cast<std::uint64_t>(cell), .value = value},
        std::span(&answer, 1));
    return answer;
  }

  void ask(const Question& question, std::span<std::int64_t> answer) {
    call_.wait();
    auto answering = communicator_.ireceive(std::as_writable_bytes(answer), 0, tag::answer);
    communicator_.isend(std::as_bytes(std::span(&question, 1)), 0, tag::question).wait();
    answering.wait();
  }

  const mpi::Communicator& communicator_;
  MessageCall& call_;
};

class MessageCenter final : public CenterWorker {
 public:
  MessageCenter(mpi::Communicator communicator, std::size_t size, const TransportOptions& options)
      : CenterWorker(size, options.statistics, !options.momentum.empty()),
        communicator_(std::move(communicator)),
        call_(communicator_, size, options.statistics),
        meanwhile_(options.meanwhile),
        board_(communicator_, call_) {
    const CompressionOptions& compression = options.compression;
    if (compression.kind != CompressionKind::none) compressor_.emplace(compression, size);
  }

  ControlBoard& board() override { return board_; }
  void keep(State& state) override {
    CenterWorker::keep(state);
    if (compressor_) state("compressor", *compressor_);
  }

 private:
  Receipt execute(Update update) override {
    send(update);
    return wait();
  }
  void send(Update update) override { call_.start(update, bytes_of(update.in)); }
  bool progress() override {
    call_.advance();
    return call_.done();
  }
  Receipt wait() override {
    call_.wait(meanwhile_);
    return {.ticket = call_.ticket()};
  }

  // The bytes that are sent for what an update commits, compressed if commits are; none if it
  // commits nothing. Valid until the next call.
  std::span<const std::byte> bytes_of(const float* delta) {
    if (delta == nullptr) return {};
    const std::span<const float> values(delta, size());
    return compressor_ ? compressor_->compress(values) : std::as_bytes(values);
  }

  mpi::Communicator communicator_;
  std::optional<Compressor> compressor_;
  MessageCall call_;
  std::function<bool()> meanwhile_;
  MessageBoard board_;
};

}  // namespace

Center open_message(const mpi::Communicator& communicator, std::span<const float> initial,
                    const TransportOptions& options) {
  mpi::Communicator own = communicator.duplicate();
  Center opened{.transport = Transport::message, .consistency = options.consistency};
  mpi::collectively(communicator, [&] {
    if (communicator.rank() == 0) {
      auto server = std::make_unique<MessageServer>(std::move(own), initial, options);
      if (options.server_takes_part) opened.worker = std::make_unique<LocalCenter>(server->state());
      opened.server = std::move(server);
    } else {
      opened.worker = std::make_unique<MessageCenter>(std::move(own),
                                                      initial.size() - options.statistics, options);
    }
  });
  return opened;
}

}  // namespace tusk::center
