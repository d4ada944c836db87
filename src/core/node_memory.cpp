// SPDX-License-Identifier: Apache-2.0
#include "core/node_memory.hpp"

#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <limits>
#include <string>

namespace tusk {
namespace {

namespace fs = std::filesystem;

constexpr std::uint64_t no_limit = std::numeric_limits<std::uint64_t>::max();

// The number in a file of the control groups, if there is one ("max" is none).
std::uint64_t limit_in(const fs::path& file) {
  std::ifstream in(file);
  std::uint64_t bytes = 0;
  return in >> bytes ? bytes : no_limit;
}

// The least limit of a group and the groups around it.
std::uint64_t least_limit(const fs::path& root, const fs::path& group, const char* file) {
  std::uint64_t least = limit_in(root / file);
  fs::path folder = root;
  for (const fs::path& step : group.relative_path()) {
    folder /= step;
    least = std::min(least, limit_in(folder / file));
  }
  return least;
}

// Lines are ID:CONTROLLERS:GROUP; version 2 has no controllers there.
std::uint64_t control_group_limit() {
  std::ifstream in("/proc/self/cgroup");
  std::uint64_t least = no_limit;
  for (std::string line; std::getline(in, line);) {
    const std::size_t first = line.find(':');
    const std::size_t second = line.find(':', first + 1);
    if (second == std::string::npos) continue;
    const std::string controllers = line.substr(first + 1, second - first - 1);
    const fs::path group = line.substr(second + 1);
    if (controllers.empty()) {
      least = std::min(least, least_limit("/sys/fs/cgroup", group, "memory.max"));
    } else if (controllers == "memory") {
      least = std::min(least, least_limit("/sys/fs/cgroup/memory", group, "memory.limit_in_bytes"));
    }
  }
  return least;
}

}  // namespace

std::uint64_t node_memory_bytes() {
  const auto pages = static_cast<std::uint64_t>(::sysconf(_SC_PHYS_PAGES));
  const auto page_bytes = static_cast<std::uint64_t>(::sysconf(_SC_PAGESIZE));
  return std::min(pages * page_bytes, control_group_limit());
}

}  // namespace tusk
