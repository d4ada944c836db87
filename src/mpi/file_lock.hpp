// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

namespace tusk::mpi {

// Keeps something to one process: a lock on a file beside it, which names who holds it. The lock
// ends with the object, or the process, however that ends. Where the file system has no locks
// nothing is locked. Not collective: rank 0 has one, of a run directory (records::RunDirectory) or
// of a file that a command writes.
class FileLock {
 public:
  // Error(cannot_create) if another process has it, or PATH.lock is a file of other content.
  static FileLock of_run_directory(const std::string& path);  // its file `tusk.lock`, which stays
  static FileLock of_output(const std::string& path);         // PATH.lock, until the lock ends

  ~FileLock();
  FileLock(FileLock&& other) noexcept;
  FileLock& operator=(FileLock&& other) noexcept;

 private:
  FileLock(std::string file, bool stays, const std::string& path, const char* doing);
  bool open();  // and take it; false if another process has it
  bool is_named() const;

  std::string file_;
  bool stays_ = true;
  int descriptor_ = -1;
};

}  // namespace tusk::mpi
