// SPDX-License-Identifier: Apache-2.0
// The part of Communicator that is between two ranks.
#include <climits>
#include <utility>

#include "mpi/check.hpp"
#include "mpi/communicator.hpp"
#include "tusk/error.hpp"

namespace tusk::mpi {
namespace {

int count_of(std::span<const std::byte> bytes) {
  if (bytes.size() > INT_MAX) {
    fail(ExitCode::internal, "a message of {} bytes; MPI sends no more than {} at once",
         bytes.size(), INT_MAX);
  }
  return static_cast<int>(bytes.size());
}

// A message that nobody else can receive any more, with room for it.
struct Matched {
  MPI_Message handle = MPI_MESSAGE_NULL;
  int source = 0;
  std::vector<std::byte> bytes;

  int count() const { return static_cast<int>(bytes.size()); }
};

std::optional<Matched> match(MPI_Comm communicator, int tag) {
  int found = 0;
  Matched message;
  MPI_Status status;
  check(MPI_Improbe(MPI_ANY_SOURCE, tag, communicator, &found, &message.handle, &status),
        "MPI_Improbe");
  if (found == 0) return std::nullopt;
  int count = 0;
  check(MPI_Get_count(&status, MPI_BYTE, &count), "MPI_Get_count");
  message.source = status.MPI_SOURCE;
  message.bytes.resize(static_cast<std::size_t>(count));
  return message;
}

}  // namespace

Request Communicator::isend(std::vector<std::byte> bytes, int to, int tag) const {
  MPI_Request request = MPI_REQUEST_NULL;
  check(MPI_Isend(bytes.data(), count_of(bytes), MPI_BYTE, to, tag, handle_, &request),
        "MPI_Isend");
  return Request(request, Request::Kind::send, std::move(bytes));
}

Request Communicator::isend(std::span<const std::byte> bytes, int to, int tag) const {
  MPI_Request request = MPI_REQUEST_NULL;
  check(MPI_Isend(bytes.data(), count_of(bytes), MPI_BYTE, to, tag, handle_, &request),
        "MPI_Isend");
  return Request(request, Request::Kind::send);
}

Request Communicator::ireceive(std::span<std::byte> bytes, int from, int tag) const {
  MPI_Request request = MPI_REQUEST_NULL;
  check(MPI_Irecv(bytes.data(), count_of(bytes), MPI_BYTE, from, tag, handle_, &request),
        "MPI_Irecv");
  return Request(request, Request::Kind::receive);
}

void Communicator::progress() const {
  int found = 0;
  check(MPI_Iprobe(MPI_ANY_SOURCE, MPI_ANY_TAG, handle_, &found, MPI_STATUS_IGNORE), "MPI_Iprobe");
}

std::optional<Arrival> Communicator::begin_receive(int tag) const {
  std::optional<Matched> message = match(handle_, tag);
  if (!message) return std::nullopt;
  MPI_Request request = MPI_REQUEST_NULL;
  check(MPI_Imrecv(message->bytes.data(), message->count(), MPI_BYTE, &message->handle, &request),
        "MPI_Imrecv");
  return Arrival{.source = message->source,
                 .bytes = std::move(message->bytes),
                 .request = Request(request, Request::Kind::barrier)};  // nobody may withdraw it
}

std::optional<Message> Communicator::try_receive(int tag) const {
  std::optional<Matched> message = match(handle_, tag);
  if (!message) return std::nullopt;
  check(MPI_Mrecv(message->bytes.data(), message->count(), MPI_BYTE, &message->handle,
                  MPI_STATUS_IGNORE),
        "MPI_Mrecv");
  return Message{message->source, std::move(message->bytes)};
}

}  // namespace tusk::mpi
