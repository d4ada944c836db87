// SPDX-License-Identifier: Apache-2.0
#include "mpi/file_lock.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <utility>

#include "mpi/environment.hpp"
#include "tusk/error.hpp"

namespace tusk::mpi {
namespace {

constexpr const char* first_word = "process ";

std::string content(int descriptor) {
  std::array<char, 256> text{};
  const ssize_t count = ::pread(descriptor, text.data(), text.size() - 1, 0);
  return {text.data(), count > 0 ? static_cast<std::size_t>(count) : 0};
}

}  // namespace

FileLock FileLock::of_run_directory(const std::string& path) {
  return {path + "/tusk.lock", true, path, "training in this run directory"};
}

FileLock FileLock::of_output(const std::string& path) {
  return {path + ".lock", false, path, "writing this file"};
}

FileLock::FileLock(std::string file, bool stays, const std::string& path, const char* doing)
    : file_(std::move(file)), stays_(stays) {
  bool taken = open();
  while (taken && !stays_ && !is_named()) {  // who had it has removed it meanwhile
    ::close(std::exchange(descriptor_, -1));
    taken = open();
  }
  if (descriptor_ < 0) {
    if (!stays_) return;  // neither can the output be made there, which says why
    fail(ExitCode::cannot_create, "{}: the run directory cannot be locked: {}", path,
         std::strerror(errno));
  }
  const std::string found = content(descriptor_);
  if (!taken) {
    ::close(std::exchange(descriptor_, -1));
    fail(ExitCode::cannot_create, "{}: {} is {}", path, found.empty() ? "another job" : found,
         doing);
  }
  if (!stays_ && !found.empty() && !found.starts_with(first_word)) {
    ::close(std::exchange(descriptor_, -1));
    fail(ExitCode::cannot_create,
         "{}: {}, which is to keep other writers away, is another program's file; write elsewhere",
         path, file_);
  }
  const std::string me = fmt::format("{}{} on {}", first_word, ::getpid(), host_name());
  if (::ftruncate(descriptor_, 0) == 0) {
    [[maybe_unused]] const ssize_t written = ::pwrite(descriptor_, me.data(), me.size(), 0);
  }
}

bool FileLock::open() {
  descriptor_ = ::open(file_.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, S_IRUSR | S_IWUSR);
  return descriptor_ >= 0 && (::flock(descriptor_, LOCK_EX | LOCK_NB) == 0 || errno != EWOULDBLOCK);
}

bool FileLock::is_named() const {
  struct stat ours {};
  struct stat named {};
  return ::fstat(descriptor_, &ours) == 0 && ::stat(file_.c_str(), &named) == 0 &&
         ours.st_ino == named.st_ino && ours.st_dev == named.st_dev;
}

FileLock::~FileLock() {
  if (descriptor_ < 0) return;
  if (!stays_) ::unlink(file_.c_str());
  ::close(descriptor_);
}

FileLock::FileLock(FileLock&& other) noexcept
    : file_(std::move(other.file_)),
      stays_(other.stays_),
      descriptor_(std::exchange(other.descriptor_, -1)) {}

FileLock& FileLock::operator=(FileLock&& other) noexcept {
  std::swap(file_, other.file_);
  std::swap(stays_, other.stays_);
  std::swap(descriptor_, other.descriptor_);
  return *this;
}

}  // namespace tusk::mpi
