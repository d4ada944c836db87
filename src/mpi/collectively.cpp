// SPDX-License-Identifier: Apache-2.0
#include "mpi/collectively.hpp"

#include <fmt/format.h>

#include <exception>
#include <new>
#include <string>

#include "mpi/communicator.hpp"
#include "mpi/environment.hpp"
#include "tusk/error.hpp"
#include "tusk/out_of_memory.hpp"

namespace tusk::mpi {

void collectively(const Communicator& communicator, const std::function<void()>& work) {
  bool failed = true;
  std::uint64_t code = static_cast<std::uint64_t>(ExitCode::internal);
  std::string message;
  try {
    work();
    failed = false;
  } catch (const Error& error) {
    code = static_cast<std::uint64_t>(error.code());
    message = error.what();
  } catch (const OutOfMemory& error) {
    message = fmt::format("rank {} on {}: {}", communicator.rank(), host_name(), error.what());
  } catch (const std::bad_alloc&) {
    message = "out of memory";
  } catch (const std::exception& error) {
    message = error.what();
  } catch (...) {  // of an extension's
    message = "something was thrown that is no std::exception";
  }
  communicator.barrier();
  const auto self = static_cast<std::uint64_t>(communicator.rank());
  const auto none = static_cast<std::uint64_t>(communicator.size());
  const std::uint64_t lowest = communicator.min(failed ? self : none);
  if (lowest == none) return;
  const int root = static_cast<int>(lowest);
  communicator.broadcast(std::as_writable_bytes(std::span(&code, 1)), root);
  throw CollectiveError(static_cast<ExitCode>(code), communicator.broadcast(message, root));
}

void collectively(const Communicator* communicator, const std::function<void()>& work) {
  if (communicator == nullptr) return work();
  collectively(*communicator, work);
}

}  // namespace tusk::mpi
