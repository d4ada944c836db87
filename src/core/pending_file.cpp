// SPDX-License-Identifier: Apache-2.0
#include "core/pending_file.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <system_error>
#include <utility>

#include "tusk/error.hpp"

namespace tusk {
namespace {

bool sync(const std::string& path) {
  const int descriptor = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (descriptor < 0) return false;
  const bool synced = ::fsync(descriptor) == 0;
  ::close(descriptor);
  return synced;
}

}  // namespace

void PendingFile::check_free(const std::string& path, bool overwrite) {
  std::error_code error;
  const auto status = std::filesystem::status(path, error);
  if (!std::filesystem::exists(status)) return;
  if (!std::filesystem::is_regular_file(status)) {
    fail(ExitCode::cannot_create, "{} is no regular file and cannot be replaced by one", path);
  }
  if (overwrite) return;
  fail(ExitCode::cannot_create, "{} exists already; --overwrite replaces it", path);
}

PendingFile::PendingFile(std::string path) : path_(std::move(path)), part_(part_of(path_)) {}

PendingFile::~PendingFile() {
  if (!published_) ::unlink(part_.c_str());
}

void PendingFile::publish() {
  if (!sync(part_) || std::rename(part_.c_str(), path_.c_str()) != 0) {
    fail(ExitCode::io_error, "cannot write {}: {}", path_, std::strerror(errno));
  }
  published_ = true;
}

void PendingFile::write(const std::string& path, std::string_view content) {
  PendingFile pending(path);
  std::ofstream out(pending.part(), std::ios::binary | std::ios::trunc);
  if (!out) {
    const bool full = errno == ENOSPC || errno == EDQUOT;
    fail(full ? ExitCode::io_error : ExitCode::cannot_create, "cannot create {}: {}", path,
         std::strerror(errno));
  }
  out.write(content.data(), std::ssize(content));
  out.close();
  if (!out) fail(ExitCode::io_error, "cannot write {}: {}", path, std::strerror(errno));
  pending.publish();
}

}  // namespace tusk
