// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <span>

#include "exchange/center/message_protocol.hpp"
#include "exchange/center/update.hpp"
#include "mpi/communicator.hpp"
#include "tusk/aligned_vector.hpp"

namespace tusk::center {

// A worker's update on its way to rank 0 and back, one at a time. The worker of transport `message`
// (message_transport.cpp) has one; message_protocol.hpp says what travels.
class MessageCall {
 public:
  // `size`: floats in an update's vectors, and the center's statistics. The communicator must
  // outlive the object.
  MessageCall(const mpi::Communicator& communicator, std::size_t size, std::size_t statistics)
      : communicator_(communicator), size_(size), statistics_(statistics) {}
  ~MessageCall();

  // Sends the update with `commit` as what is committed. All vectors must stay until it is done.
  void start(const Update& update, std::span<const std::byte> commit);

  bool done() const { return answered_; }
  bool advance();  // whether something has happened since the last call

  // Until it is done. While it waits it does `meanwhile` again and again, if there is such a thing,
  // which says whether there was anything to do; otherwise it sleeps.
  void wait(const std::function<bool()>& meanwhile = {});

  std::uint64_t ticket() const { return static_cast<std::uint64_t>(paper_->ticket); }  // once done

 private:
  bool sent() const {
    return asked_ && sending_.done() && sending_pulled_.done() && sending_statistics_.done();
  }
  std::span<const std::byte> leaving_statistics(const Update& update);
  void receive();

  struct Paper {
    Question question;
    std::int64_t ticket = 0;
    AlignedVector<float> statistics;  // `in` and `decay`
  };

  const mpi::Communicator& communicator_;
  std::size_t size_;
  std::size_t statistics_;
  std::unique_ptr<Paper> paper_ = std::make_unique<Paper>();
  float* out_ = nullptr;
  float* statistics_out_ = nullptr;
  // After the memory that they use.
  mpi::Request asking_;
  Transfer sending_;
  Transfer sending_pulled_;
  Transfer sending_statistics_;
  Transfer result_;
  Transfer statistics_result_;
  mpi::Request answering_;
  bool asked_ = true;
  bool receiving_ = true;
  bool answered_ = true;
};

}  // namespace tusk::center
