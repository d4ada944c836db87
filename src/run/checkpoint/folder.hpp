// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <filesystem>
#include <vector>

namespace tusk::checkpoint {

// The folder `checkpoints` of a run directory. A checkpoint is a folder in it, step-0000001234:
//
//   model.h5       the model as it was then, for evaluate, predict, inspect and model.file
//   model.h5.crc32 the checksum of its bytes
//   rank-0.state   what rank 0 keeps, and what all must know: read first
//   rank-R.state   what each other rank keeps
//
// It is written as `writing` and renamed when all of it is on disk, so that one with its name is
// complete. `latest` is a link to the last one, for people and scripts; Tusk itself looks at the
// names. Rank 0 alone changes the folder; the other ranks write their files into `writing`.
class Folder {
 public:
  explicit Folder(const std::filesystem::path& run_directory);

  // Complete checkpoints, the newest first.
  std::vector<std::filesystem::path> list() const;

  // An empty `writing`. Error(cannot_create).
  std::filesystem::path begin() const;
  std::filesystem::path writing() const { return path_ / "writing"; }

  // Makes a checkpoint of `writing`, removes all but the newest `keep`, and returns its path. If
  // there is one of that step, it stays, and `writing` goes. Error(io_error).
  std::filesystem::path publish(std::uint64_t step, std::size_t keep) const;

  // Removes what a killed run has left half written or half removed.
  void tidy() const;

  // Renames a checkpoint that cannot be used, or belongs to steps that will be done again:
  // step-0000001234.REASON. It is not removed.
  static void set_aside(const std::filesystem::path& checkpoint, const char* reason);

 private:
  void link_latest(const std::filesystem::path& checkpoint) const;

  std::filesystem::path path_;
};

// The name of a rank's file in a checkpoint.
std::filesystem::path state_of_rank(int rank);

}  // namespace tusk::checkpoint
