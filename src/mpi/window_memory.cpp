// SPDX-License-Identifier: Apache-2.0
#include "mpi/window_memory.hpp"

#include <fmt/format.h>
#include <sys/mman.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include <cerrno>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <string>

#include "core/units.hpp"
#include "mpi/collectively.hpp"
#include "mpi/communicator.hpp"
#include "mpi/environment.hpp"

namespace tusk::mpi {
namespace {

constexpr std::size_t page = 4096;

// The library's own state of a window, and what it needs beside it in the shared memory: for each
// rank a page or two in a small window, and messages between ranks (Open MPI: up to 4 MiB a rank)
// beside a large one.
std::size_t with_overhead(std::size_t bytes, int ranks) {
  constexpr std::size_t large = std::size_t{1} << 20;
  const std::size_t each = bytes < large ? 2 * page : std::size_t{4} << 20;
  return bytes + 4 * page + each * static_cast<std::size_t>(ranks);
}

// Where the library puts the memory that the ranks of a node share.
std::string backing_folder() {
  if (const char* chosen = std::getenv("OMPI_MCA_osc_sm_backing_directory")) return chosen;
  if (::access("/dev/shm", W_OK) == 0) return "/dev/shm";
  const char* temporary = std::getenv("TMPDIR");
  return temporary != nullptr ? temporary : "/tmp";
}

void require_space(std::size_t bytes, int ranks) {
  const std::string folder = backing_folder();
  struct statvfs status {};
  if (::statvfs(folder.c_str(), &status) != 0) return;  // the library knows better
  const std::uint64_t there = std::uint64_t{status.f_bavail} * status.f_frsize;
  const std::uint64_t wanted = with_overhead(bytes, ranks);
  if (wanted <= there) return;
  fail(ExitCode::internal,
       "{} of {} has {} bytes left, but {} are needed (a container may be given more, as by "
       "Docker's --shm-size)",
       folder, host_name(), format_count(there), format_count(wanted));
}

void require_address_space(const Communicator& communicator, std::size_t bytes) {
  void* const place = ::mmap(nullptr, bytes, PROT_READ | PROT_WRITE,
                             MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  if (place == MAP_FAILED) {
    fail(ExitCode::internal, "rank {} on {} has no {} bytes of memory left to map: {} (ulimit -v)",
         communicator.rank(), host_name(), format_count(bytes), std::strerror(errno));
  }
  ::munmap(place, bytes);
}

}  // namespace

void require_window_memory(const Communicator& communicator, std::size_t bytes, int host,
                           bool shared) {
  const bool hosting = communicator.rank() == host;
  const int ranks = communicator.size();
  collectively(communicator, [&] {
    if (shared || hosting) require_address_space(communicator, with_overhead(bytes, ranks));
    if (shared && hosting) require_space(bytes, ranks);
  });
}

}  // namespace tusk::mpi
