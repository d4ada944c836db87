// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "mpi/file_lock.hpp"

namespace tusk::records {

// Where a run leaves its files. Rank 0 alone has one.
class RunDirectory {
 public:
  // Makes `path` with mode 0700, its parents too. A directory that holds anything is refused with
  // Error(cannot_create) unless `overwrite`; then the files of the earlier run and of its members
  // are removed, and nothing else.
  RunDirectory(std::filesystem::path path, bool overwrite);

  // One that is there already, whose run goes on.
  static RunDirectory reopen(std::filesystem::path path);

  // Error(cannot_create) if the constructor would refuse what is there; changes nothing.
  static void check(const std::filesystem::path& path, bool overwrite);

  // Whether there is a run in it that has begun but not ended; what else may be there does not
  // count.
  static bool unfinished(const std::filesystem::path& path);

  // Renames a run directory to NAME.old-1, or the next number that is free, and returns that.
  // Error(cannot_create) if another job is training in it, or it cannot be renamed.
  static std::filesystem::path move_aside(const std::filesystem::path& path);

  const std::filesystem::path& path() const { return path_; }
  std::filesystem::path file(std::string_view name) const { return path_ / name; }

  // For the histories of a tree's nodes (node_history), of which so many are to be kept and so many
  // there will be: makes their folder, and removes those of nodes behind them.
  // Error(cannot_create).
  void make_room_for_nodes(std::uint64_t kept, std::uint64_t there) const;

  // Writes a whole file, by way of a temporary one. Error(io_error) when that fails.
  void write(std::string_view name, std::string_view content) const;

 private:
  explicit RunDirectory(std::filesystem::path path)
      : path_(std::move(path)), lock_(mpi::FileLock::of_run_directory(path_)) {}

  std::filesystem::path path_;
  std::optional<mpi::FileLock> lock_;
};

// Where a member's run is, in an ensemble's run directory: "members/03".
std::string member_folder(std::size_t member);

}  // namespace tusk::records
