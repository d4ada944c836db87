// SPDX-License-Identifier: Apache-2.0
#include "run/records/run_lock.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <string>
#include <utility>

#include "mpi/environment.hpp"
#include "tusk/error.hpp"

namespace tusk::records {
namespace {

std::string holder(int descriptor) {
  std::array<char, 256> text{};
  const ssize_t count = ::pread(descriptor, text.data(), text.size() - 1, 0);
  const std::string found(text.data(), count > 0 ? static_cast<std::size_t>(count) : 0);
  return found.empty() ? "another job" : found;
}

}  // namespace

RunLock::RunLock(const std::filesystem::path& run_directory) {
  const std::string path = (run_directory / "tusk.lock").string();
  descriptor_ = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, S_IRUSR | S_IWUSR);
  if (descriptor_ < 0) {
    fail(ExitCode::cannot_create, "{}: the run directory cannot be locked: {}",
         run_directory.string(), std::strerror(errno));
  }
  if (::flock(descriptor_, LOCK_EX | LOCK_NB) != 0 && errno == EWOULDBLOCK) {
    const std::string who = holder(descriptor_);
    ::close(std::exchange(descriptor_, -1));
    fail(ExitCode::cannot_create, "{}: {} is training in this run directory",
         run_directory.string(), who);
  }
  const std::string me = fmt::format("process {} on {}", ::getpid(), mpi::host_name());
  if (::ftruncate(descriptor_, 0) == 0) {
    [[maybe_unused]] const ssize_t written = ::pwrite(descriptor_, me.data(), me.size(), 0);
  }
}

RunLock::~RunLock() {
  if (descriptor_ >= 0) ::close(descriptor_);
}

RunLock::RunLock(RunLock&& other) noexcept : descriptor_(std::exchange(other.descriptor_, -1)) {}

RunLock& RunLock::operator=(RunLock&& other) noexcept {
  std::swap(descriptor_, other.descriptor_);
  return *this;
}

}  // namespace tusk::records
