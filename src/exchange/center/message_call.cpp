// SPDX-License-Identifier: Apache-2.0
#include "exchange/center/message_call.hpp"

#include <algorithm>

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
                      .least = update.least,
                      .every = update.every,
                      .momentum = update.momentum,
                      .learning_rate = update.learning_rate};
  out_ = update.out;
  statistics_out_ = update.statistics.out;
  asked_ = receiving_ = answered_ = false;
  answering_ =
      communicator_.ireceive(std::as_writable_bytes(std::span(&paper_->ticket, 1)), 0, tag::answer);
  // Where the result goes to the memory of what is sent, it is received once that has been sent.
  if (update.out != update.in && update.out != update.pulled) receive();
  asking_ = communicator_.isend(std::as_bytes(std::span(&paper_->question, 1)), 0, tag::question);
  sending_ = Transfer::send(communicator_, commit, 0, tag::in);
  const std::span<const float> pulled(update.pulled, update.pulled == nullptr ? 0 : size_);
  sending_pulled_ = Transfer::send(communicator_, std::as_bytes(pulled), 0, tag::pulled);
  sending_statistics_ =
      Transfer::send(communicator_, leaving_statistics(update), 0, tag::statistics);
}

std::span<const std::byte> MessageCall::leaving_statistics(const Update& update) {
  if (statistics_ == 0 || !update.commits()) return {};
  AlignedVector<float>& paper = paper_->statistics;
  paper.assign(2 * statistics_, 0.0F);
  const auto half = paper.begin() + static_cast<std::ptrdiff_t>(statistics_);
  std::copy_n(update.statistics.in, statistics_, paper.begin());
  if (update.statistics.decay != nullptr) std::copy_n(update.statistics.decay, statistics_, half);
  return std::as_bytes(std::span(paper));
}

void MessageCall::receive() {
  const std::span<float> out(out_, out_ == nullptr ? 0 : size_);
  result_ = Transfer::receive(communicator_, std::as_writable_bytes(out), 0, tag::out);
  const std::span<float> statistics(statistics_out_, statistics_out_ == nullptr ? 0 : statistics_);
  statistics_result_ =
      Transfer::receive(communicator_, std::as_writable_bytes(statistics), 0, tag::statistics);
  receiving_ = true;
}

bool MessageCall::advance() {
  if (done()) return false;
  bool any = false;
  if (!asked_) any = asked_ = asking_.test();
  any = sending_.advance() || any;
  any = sending_pulled_.advance() || any;
  any = sending_statistics_.advance() || any;
  if (!receiving_ && sent()) receive();
  any = result_.advance() || any;
  any = statistics_result_.advance() || any;
  if (sent() && result_.done() && statistics_result_.done())
    any = (answered_ = answering_.test()) || any;
  return any;
}

void MessageCall::wait(const std::function<bool()>& meanwhile) {
  mpi::progress_until([this] { return done(); },
                      [&] {
                        const bool advanced = advance();
                        return (meanwhile && meanwhile()) || advanced;
                      });
}

}  // namespace tusk::center
