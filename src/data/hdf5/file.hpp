// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "core/element_type.hpp"
#include "data/hdf5/number_dataset.hpp"

namespace tusk::mpi {
class Communicator;
}

namespace tusk::hdf5 {

struct FileState;

// How a new data set lies in the file.
struct Storage {
  std::uint64_t chunk_rows = 0;  // rows a chunk; 0: contiguous, which is the fastest to read
  int gzip = 0;                  // 1 … 9; needs chunks
  bool extendable = false;       // may grow by append_rows; needs chunks
  bool allocated = false;        // a contiguous one has its place in the file at once
};

// Whether a file that is written is locked. HDF5 elsewhere then refuses to read it until it is
// closed; without, a reader sees what has been flushed.
enum class Locking { yes, no };

// An HDF5 file. What it holds is untrusted until it is checked: objects are reached over hard links
// only, and no data set is opened whose storage is outside the file or cannot hold what it
// declares.
//
// A file opened with a communicator is open on all its ranks through MPI-IO; everything that
// creates or writes is then collective, with the same arguments on every rank. Otherwise it belongs
// to this process alone (POSIX).
//
// Threads: every call of this room takes one process-wide lock, because HDF5 needs it.
// Copies share the open file, which is closed with the last copy and the last of its data sets.
//
// Throws Error(no_input) if there is no such file, Error(bad_data) if it is malformed,
// Error(cannot_create) if it cannot be created, Error(io_error) if reading or writing fails.
class File {
 public:
  static File open(const std::string& path);  // to read, without locking the file
  // To read and write.
  static File update(const std::string& path, Locking locking = Locking::yes);
  // Empties an existing file.
  static File create(const std::string& path, Locking locking = Locking::yes);

  // Collective, through MPI-IO.
  static File open(const std::string& path, const mpi::Communicator& communicator);
  static File create(const std::string& path, const mpi::Communicator& communicator);

  const std::string& path() const;

  // Whether there is a data set or a group under this name ("group/name").
  bool has_dataset(const std::string& name) const;
  bool has_group(const std::string& name) const;

  // A data set, opened and checked. Error(bad_data) that lists what there is if it is not there.
  NumberDataset dataset(const std::string& name) const;

  // The names of all data sets, in the order of their names ("a", "group/b").
  std::vector<std::string> dataset_names() const;

  // Creates a group or a data set, with the groups that its name goes through ("group/name").
  void create_group(const std::string& name);
  NumberDataset create_dataset(const std::string& name, ElementType type,
                               const std::vector<std::uint64_t>& extents,
                               const Storage& storage = {});

  // Hands everything written so far to the operating system.
  void flush();

  // Flushes and closes, and reports what a destructor cannot. After a write that has failed, here
  // or in a data set, there is nothing more to be done with the file: it is left as it is on the
  // disk. Data sets must be gone before.
  void close();

 private:
  friend struct Access;
  explicit File(std::shared_ptr<FileState> state) : state_(std::move(state)) {}

  std::shared_ptr<FileState> state_;
};

// "1.10.8", the library's version.
std::string hdf5_version();

}  // namespace tusk::hdf5
