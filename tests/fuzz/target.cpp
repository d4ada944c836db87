// SPDX-License-Identifier: Apache-2.0
#include "target.hpp"

#include <sys/mman.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>

#include "tusk/error.hpp"

namespace tusk::fuzz {
namespace {

// A file without a name on any disk; its path is good for this process.
class MemoryFile {
 public:
  MemoryFile(const std::uint8_t* data, std::size_t size) : descriptor_(memfd_create("input", 0)) {
    must_hold(descriptor_ >= 0, "memfd_create works");
    for (std::size_t done = 0; done < size;) {
      const auto wrote = ::write(descriptor_, data + done, size - done);
      must_hold(wrote > 0, "a file in memory can be written");
      done += static_cast<std::size_t>(wrote);
    }
  }
  ~MemoryFile() { ::close(descriptor_); }
  MemoryFile(const MemoryFile&) = delete;
  MemoryFile& operator=(const MemoryFile&) = delete;

  std::string path() const { return "/proc/self/fd/" + std::to_string(descriptor_); }

 private:
  int descriptor_;
};

}  // namespace

void must_hold(bool holds, const char* what) {
  if (holds) return;
  std::fprintf(stderr, "this does not hold: %s\n", what);
  std::abort();
}

int try_reading(const std::uint8_t* data, std::size_t size,
                const std::function<void(const std::string& path)>& read) {
  const MemoryFile file(data, size);
  try {
    read(file.path());
  } catch (const Error& error) {
    if (error.code() != ExitCode::bad_data) {
      std::fprintf(stderr, "exit code %d: %s\n", static_cast<int>(error.code()), error.what());
    }
    must_hold(error.code() == ExitCode::bad_data, "an input is read or is bad data");
  }
  return 0;
}

}  // namespace tusk::fuzz
