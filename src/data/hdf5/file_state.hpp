// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "core/element_type.hpp"
#include "data/hdf5/file.hpp"
#include "data/hdf5/hdf5.hpp"
#include "data/hdf5/number_dataset.hpp"

namespace tusk::hdf5 {

struct FileState {
  std::string path;
  Handle id;
  bool collective = false;  // through MPI-IO
  bool writable = false;    // then it is ours, and what it declares is not checked
  std::uint64_t bytes = 0;  // when it was opened to be read by this process alone
};

// The bytes that an open file of this process alone has now.
std::uint64_t current_bytes(const FileState& file);

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

// Gives the sources of this room the private state of a File, and lets them make a NumberDataset.
struct Access {
  static const std::shared_ptr<FileState>& state(const File& file) { return file.state_; }
  static hid_t id(const File& file) { return file.state_->id.id(); }
  static NumberDataset dataset(std::shared_ptr<DatasetState> state) {
    return NumberDataset(std::move(state));
  }
};

}  // namespace tusk::hdf5
