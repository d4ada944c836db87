// SPDX-License-Identifier: Apache-2.0
#include "exchange/center/message_call.hpp"

#include "mpi/polite_wait.hpp"

namespace tusk::center {

// While an exception ends the job, MPI may still use the paper: it is then never freed.
MessageCall::~MessageCall() {
  if (!done()) static_cast<void>(paper_.release());
}

void MessageCall::start(const Update& update, std::span<const std::byte> commit) {
  paper_->question = {.kind = update.kind,
                      .factor = update.factor,
                      .version = update.version,
                      .absent = update.absent,
                      .least = update.least};
  out_ = update.out;
  asked_ = receiving_ = answered_ = false;
  answering_ =
      communicator_.ireceive(std::as_writable_bytes(std::span(&paper_->ticket, 1)), 0, tag::answer);
  // Where the result goes to the memory of what is sent, it is received once that has been sent.
  if (update.out != update.in && update.out != update.pulled) receive();
  asking_ = communicator_.isend(std::as_bytes(std::span(&paper_->question, 1)), 0, tag::question);
  sending_ = Transfer::send(communicator_, commit, 0, tag::in);
  const std::span<const float> pulled(update.pulled, update.pulled == nullptr ? 0 : size_);
  sending_pulled_ = Transfer::send(communicator_, std::as_bytes(pulled), 0, tag::pulled);
}

void MessageCall::receive() {
  const std::span<float> out(out_, out_ == nullptr ? 0 : size_);
  result_ = Transfer::receive(communicator_, std::as_writable_bytes(out), 0, tag::out);
  receiving_ = true;
}

bool MessageCall::advance() {
  if (done()) return false;
  bool any = false;
  if (!asked_) any = asked_ = asking_.test();
  any = sending_.advance() || any;
  any = sending_pulled_.advance() || any;
  if (!receiving_ && sent()) receive();
  any = result_.advance() || any;
  if (sent() && result_.done()) any = (answered_ = answering_.test()) || any;
  return any;
}

void MessageCall::wait() {
  mpi::progress_until([this] { return done(); }, [this] { return advance(); });
}

}  // namespace tusk::center
