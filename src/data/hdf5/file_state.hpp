// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "core/element_type.hpp"
#include "data/hdf5/file.hpp"
#include "data/hdf5/hdf5.hpp"
#include "data/hdf5/number_dataset.hpp"

namespace tusk::hdf5 {

// What tells that a file has been written to.
struct FileStatus {
  std::uint64_t bytes = 0;
  std::int64_t changed_ns = 0;  // since 1970
};

struct FileState {
  std::string path;
  std::vector<std::byte> memory;  // the file itself, if it is read from there
  bool in_memory = false;         // it is, or it is written there
  Handle id;
  bool collective = false;  // through MPI-IO
  bool writable = false;    // then it is ours, and what it declares is not checked
  FileStatus opened;        // when it was opened to be read by this process alone

  bool broken = false;  // a write has failed: nothing more is written (divert_writes)

  FileState() = default;
  FileState(const FileState&) = delete;
  FileState& operator=(const FileState&) = delete;
  ~FileState();
};

// An open file of this process alone as it is now.
FileStatus current_status(const FileState& file);

struct DatasetState {
  std::shared_ptr<FileState> file;
  std::string name;
  Handle id;
  ElementType type = ElementType::f32;
  std::vector<std::uint64_t> extents;
  std::uint64_t chunk_rows = 0;  // 0: not chunked
  bool compressed = false;
  bool half = false;  // its numbers are floats of 16 bits
};

// HDF5 keeps what it could not write, tries again in closing the file, and crashes in MPI_Finalize
// if it cannot. So what it writes from now on goes to memory, and the file stays as it is on the
// disk. Not for files that are open through MPI-IO.
void divert_writes(FileState& file);

// Throws Error(io_error) as fail_hdf5 does, after divert_writes().
[[noreturn]] void fail_writing(FileState& file, const std::string& what);

// Gives the sources of this room the private state of a File, and lets them make a NumberDataset.
struct Access {
  static const std::shared_ptr<FileState>& state(const File& file) { return file.state_; }
  static hid_t id(const File& file) { return file.state_->id.id(); }
  static File file(std::shared_ptr<FileState> state) { return File(std::move(state)); }
  static NumberDataset dataset(std::shared_ptr<DatasetState> state) {
    return NumberDataset(std::move(state));
  }
};

}  // namespace tusk::hdf5
