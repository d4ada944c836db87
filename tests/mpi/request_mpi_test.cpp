// SPDX-License-Identifier: Apache-2.0
#include "mpi/request.hpp"

#include <doctest/doctest.h>

#include <vector>

#include "mpi/communicator.hpp"
#include "mpi/polite_wait.hpp"
#include "tusk/error.hpp"

using namespace tusk;

namespace {

constexpr int tag = 7;

std::vector<std::byte> bytes_of(std::size_t size, int value) {
  return std::vector<std::byte>(size, static_cast<std::byte>(value));
}

}  // namespace

TEST_CASE("messages of every size arrive, those of one sender in order") {
  const auto world = mpi::Communicator::world();
  const std::vector<std::size_t> sizes{0, 1, 1000, 300'000};
  std::vector<mpi::Request> sending;
  for (const std::size_t size : sizes) {
    sending.push_back(world.isend(bytes_of(size, world.rank()), 0, tag));
  }
  if (world.rank() == 0) {
    std::vector<std::size_t> received(static_cast<std::size_t>(world.size()));
    mpi::PoliteWait wait;
    for (std::size_t left = received.size() * sizes.size(); left > 0;) {
      const auto message = world.try_receive(tag);
      if (!message) {
        wait.pause();
        continue;
      }
      --left;
      std::size_t& count = received[static_cast<std::size_t>(message->source)];
      CHECK(message->bytes == bytes_of(sizes[count++], message->source));
    }
  }
  for (mpi::Request& request : sending) request.wait();
  CHECK_FALSE(world.try_receive(tag));
  world.barrier();
}

TEST_CASE("a receive that nobody answers is withdrawn at its end") {
  const auto world = mpi::Communicator::world();
  int value = 1;
  {
    const auto unanswered =
        world.ireceive(std::as_writable_bytes(std::span(&value, 1)), world.rank(), tag);
  }
  const int sent = 2;
  auto sending = world.isend(std::as_bytes(std::span(&sent, 1)), world.rank(), tag);
  int received = 0;
  world.ireceive(std::as_writable_bytes(std::span(&received, 1)), world.rank(), tag).wait();
  sending.wait();
  CHECK(value == 1);
  CHECK(received == 2);
}

TEST_CASE("a request left while an exception passes through does not wait") {
  const auto world = mpi::Communicator::world();
  const auto apart = world.duplicate();  // its message is never received
  CHECK_THROWS_AS(
      [&] {
        const auto unanswered = apart.isend(bytes_of(1'000'000, 1), world.rank(), tag);
        fail(ExitCode::internal, "something else went wrong");
      }(),
      Error);
  world.barrier();
}
