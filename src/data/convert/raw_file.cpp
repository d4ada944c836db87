// SPDX-License-Identifier: Apache-2.0
#include "data/convert/raw_file.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <utility>

#include "tusk/error.hpp"

namespace tusk::convert {

RawFile::RawFile(const std::string& path, int flags)
    : path_(path), descriptor_(::open(path.c_str(), O_RDWR | O_CLOEXEC | flags, 0666)) {
  if (descriptor_ < 0) {
    fail(ExitCode::cannot_create, "cannot create {}: {}", path, std::strerror(errno));
  }
}

RawFile RawFile::create(const std::string& path) { return {path, O_CREAT | O_TRUNC}; }

RawFile RawFile::open(const std::string& path) { return {path, 0}; }

RawFile::RawFile(RawFile&& other) noexcept
    : path_(std::move(other.path_)), descriptor_(std::exchange(other.descriptor_, -1)) {}

RawFile& RawFile::operator=(RawFile&& other) noexcept {
  std::swap(path_, other.path_);
  std::swap(descriptor_, other.descriptor_);
  return *this;
}

RawFile::~RawFile() {
  if (descriptor_ >= 0) ::close(descriptor_);
}

void RawFile::write(std::uint64_t offset, std::span<const std::byte> bytes) {
  while (!bytes.empty()) {
    const ssize_t count =
        ::pwrite(descriptor_, bytes.data(), bytes.size(), static_cast<off_t>(offset));
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) fail(ExitCode::io_error, "cannot write {}: {}", path_, std::strerror(errno));
    bytes = bytes.subspan(static_cast<std::size_t>(count));
    offset += static_cast<std::uint64_t>(count);
  }
}

void RawFile::read(std::uint64_t offset, std::span<std::byte> bytes) const {
  while (!bytes.empty()) {
    const ssize_t count =
        ::pread(descriptor_, bytes.data(), bytes.size(), static_cast<off_t>(offset));
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0) {
      fail(ExitCode::io_error, "cannot read {}: {}", path_,
           count == 0 ? "it is too short" : std::strerror(errno));
    }
    bytes = bytes.subspan(static_cast<std::size_t>(count));
    offset += static_cast<std::uint64_t>(count);
  }
}

void RawFile::sync() {
  if (::fsync(descriptor_) != 0) {
    fail(ExitCode::io_error, "cannot write {}: {}", path_, std::strerror(errno));
  }
}

}  // namespace tusk::convert
