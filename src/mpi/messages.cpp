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
  int found = 0;
  MPI_Message handle = MPI_MESSAGE_NULL;
  MPI_Status status;
  check(MPI_Improbe(MPI_ANY_SOURCE, tag, handle_, &found, &handle, &status), "MPI_Improbe");
  if (found == 0) return std::nullopt;
  int count = 0;
  check(MPI_Get_count(&status, MPI_BYTE, &count), "MPI_Get_count");
  Arrival arrival{.source = status.MPI_SOURCE,
                  .bytes = std::vector<std::byte>(static_cast<std::size_t>(count)),
                  .request = {}};
  MPI_Request request = MPI_REQUEST_NULL;
  check(MPI_Imrecv(arrival.bytes.data(), count, MPI_BYTE, &handle, &request), "MPI_Imrecv");
  arrival.request = Request(request, Request::Kind::barrier);  // nobody may withdraw it
  return arrival;
}

std::optional<Message> Communicator::try_receive(int tag) const {
  int found = 0;
  MPI_Message handle = MPI_MESSAGE_NULL;
  MPI_Status status;
  check(MPI_Improbe(MPI_ANY_SOURCE, tag, handle_, &found, &handle, &status), "MPI_Improbe");
  if (found == 0) return std::nullopt;
  int count = 0;
  check(MPI_Get_count(&status, MPI_BYTE, &count), "MPI_Get_count");
  Message message{status.MPI_SOURCE, std::vector<std::byte>(static_cast<std::size_t>(count))};
  check(MPI_Mrecv(message.bytes.data(), count, MPI_BYTE, &handle, MPI_STATUS_IGNORE), "MPI_Mrecv");
  return message;
}

}  // namespace tusk::mpi
