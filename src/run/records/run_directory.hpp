// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <filesystem>
#include <string>
#include <string_view>

namespace tusk::records {

// Where a run leaves its files. Rank 0 alone has one.
class RunDirectory {
 public:
  // Makes `path` with mode 0700, its parents too. A directory that holds anything is refused with
  // Error(cannot_create) unless `overwrite`; then the files of the earlier run and of its members
  // are removed, and nothing else.
  RunDirectory(std::filesystem::path path, bool overwrite);

  // Error(cannot_create) if the constructor would refuse what is there; changes nothing.
  static void check(const std::filesystem::path& path, bool overwrite);

  const std::filesystem::path& path() const { return path_; }
  std::filesystem::path file(std::string_view name) const { return path_ / name; }

  // Writes a whole file, by way of a temporary one. Error(io_error) when that fails.
  void write(std::string_view name, std::string_view content) const;

 private:
  std::filesystem::path path_;
};

// Where a member's run is, in an ensemble's run directory: "members/03".
std::string member_folder(std::size_t member);

}  // namespace tusk::records
