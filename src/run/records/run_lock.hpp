// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>

namespace tusk::records {

// Keeps a run directory to one job: a lock on its file `tusk.lock`, which names who holds it. It
// ends with the object, or the process, however that ends. Where the file system has no locks
// nothing is locked. Rank 0 has one as long as it has a RunDirectory.
class RunLock {
 public:
  // Error(cannot_create) if another process has it.
  explicit RunLock(const std::filesystem::path& run_directory);
  ~RunLock();
  RunLock(RunLock&& other) noexcept;
  RunLock& operator=(RunLock&& other) noexcept;

 private:
  int descriptor_ = -1;
};

}  // namespace tusk::records
