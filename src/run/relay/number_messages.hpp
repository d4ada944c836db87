// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <cstddef>
#include <ranges>
#include <span>
#include <vector>

#include "mpi/communicator.hpp"
#include "tusk/error.hpp"

// Small messages among relays, which are a few numbers: orders, clocks and claims.
namespace tusk::relay {

template <std::ranges::contiguous_range Numbers>
std::vector<std::byte> bytes_of(const Numbers& numbers) {
  const auto bytes = std::as_bytes(std::span(numbers));
  return {bytes.begin(), bytes.end()};
}

// Error(internal) unless the message is as many numbers; `what` it is.
template <std::ranges::contiguous_range Numbers>
void read_numbers(const mpi::Message& message, Numbers& numbers, const char* what) {
  const auto bytes = std::as_writable_bytes(std::span(numbers));
  if (message.bytes.size() != bytes.size()) fail(ExitCode::internal, "{} is truncated", what);
  std::ranges::copy(message.bytes, bytes.begin());
}

}  // namespace tusk::relay
