// SPDX-License-Identifier: Apache-2.0
#include "core/reserved_space.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <utility>

#include "core/units.hpp"
#include "tusk/error.hpp"

namespace tusk {

ReservedSpace::ReservedSpace(std::string path, std::uint64_t bytes) : path_(std::move(path)) {
  ::unlink(path_.c_str());
  const int file =
      ::open(path_.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, S_IRUSR | S_IWUSR);
  int reason = file < 0 ? errno : 0;
  if (file >= 0) {
    // Not posix_fallocate, which writes to every block where the file system cannot reserve.
    while (::fallocate(file, 0, 0, static_cast<off_t>(bytes)) != 0) {
      reason = errno;
      if (reason != EINTR) break;
      reason = 0;
    }
    ::close(file);
  }
  if (reason == 0) return;
  ::unlink(path_.c_str());
  if (reason == ENOSPC || reason == EDQUOT || reason == EFBIG) {
    fail(ExitCode::io_error, "{}: no {} bytes can be kept free: {}", path_, format_count(bytes),
         std::strerror(reason));
  }
}

ReservedSpace::~ReservedSpace() { ::unlink(path_.c_str()); }

}  // namespace tusk
