// SPDX-License-Identifier: Apache-2.0
// The transport `message`, the workers' side: two-sided messages that rank 0 answers, on a
// communicator of their own.
#include <memory>
#include <optional>
#include <utility>

#include "compression.hpp"
#include "message_protocol.hpp"
#include "message_server.hpp"
#include "transports.hpp"
#include "tusk/center/center_worker.hpp"
#include "tusk/mpi/collectively.hpp"

namespace tusk::center {
namespace {

using Topic = Question::Topic;

class MessageBoard final : public ControlBoard {
 public:
  explicit MessageBoard(const mpi::Communicator& communicator)
      : ControlBoard(static_cast<std::size_t>(communicator.size() - 1)),
        communicator_(communicator) {}

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
    auto answering = communicator_.ireceive(std::as_writable_bytes(answer), 0, tag::answer);
    communicator_.isend(std::as_bytes(std::span(&question, 1)), 0, tag::question).wait();
    answering.wait();
  }

  const mpi::Communicator& communicator_;
};

class MessageCenter final : public CenterWorker {
 public:
  MessageCenter(mpi::Communicator communicator, std::size_t size,
                const CompressionOptions& compression)
      : CenterWorker(size), communicator_(std::move(communicator)), board_(communicator_) {
    if (compression.kind != CompressionKind::none) compressor_.emplace(compression, size);
  }

  ControlBoard& board() override { return board_; }

 private:
  Receipt perform(Update update) override;

  Transfer send(const float* values, int tag) {
    if (values == nullptr) return {};
    return Transfer::send(communicator_, std::as_bytes(std::span(values, size())), 0, tag);
  }
  Transfer send_commit(const float* delta) {
    if (delta == nullptr || !compressor_) return send(delta, tag::in);
    return Transfer::send(communicator_, compressor_->compress({delta, size()}), 0, tag::in);
  }
  Transfer receive(float* values) {
    if (values == nullptr) return {};
    return Transfer::receive(communicator_, std::as_writable_bytes(std::span(values, size())), 0,
                             tag::out);
  }

  mpi::Communicator communicator_;
  MessageBoard board_;
  std::optional<Compressor> compressor_;
};

Receipt MessageCenter::perform(Update update) {
  const Question question{.kind = update.kind, .factor = update.factor, .version = update.version};
  std::int64_t ticket = 0;
  auto answering =
      communicator_.ireceive(std::as_writable_bytes(std::span(&ticket, 1)), 0, tag::answer);
  // Where the result replaces what is sent, that has to be gone first.
  const bool apart = update.out != update.in && update.out != update.pulled;
  Transfer result;
  if (apart) result = receive(update.out);
  auto asking = communicator_.isend(std::as_bytes(std::span(&question, 1)), 0, tag::question);
  Transfer sending = send_commit(update.in);
  Transfer sending_pulled = send(update.pulled, tag::pulled);
  asking.wait();
  sending.wait();
  sending_pulled.wait();
  if (!apart) result = receive(update.out);
  result.wait();
  answering.wait();
  return {.ticket = static_cast<std::uint64_t>(ticket)};
}

}  // namespace

Center open_message(const mpi::Communicator& communicator, std::span<const float> initial,
                    Consistency consistency, const CompressionOptions& compression) {
  mpi::Communicator own = communicator.duplicate();
  Center opened{.transport = Transport::message, .consistency = consistency};
  mpi::collectively(communicator, [&] {
    if (communicator.rank() == 0) {
      opened.server = std::make_unique<MessageServer>(std::move(own), initial, compression);
    } else {
      opened.worker = std::make_unique<MessageCenter>(std::move(own), initial.size(), compression);
    }
  });
  return opened;
}

}  // namespace tusk::center
