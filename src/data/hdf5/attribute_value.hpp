// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "data/hdf5/file_state.hpp"
#include "data/hdf5/hdf5.hpp"

namespace tusk::hdf5 {

// An attribute of an open group or data set, opened and its size checked.
// Error(bad_data) that names file and attribute if it cannot be read as what is asked for.
class Attribute {
 public:
  Attribute(const FileState& file, hid_t owner, const std::string& name);

  std::size_t count() const { return count_; }
  std::vector<std::string> texts() const;
  std::vector<std::int64_t> integers() const;
  std::vector<double> numbers() const;

  // The value for people, at most some 16 elements of it.
  std::string describe() const;

  [[noreturn]] void refuse(const std::string& why) const;

 private:
  template <typename T>
  std::vector<T> read_as(hid_t memory_type) const;
  std::vector<std::string> variable_texts() const;
  std::vector<std::string> fixed_texts() const;

  const FileState& file_;
  std::string name_;
  Handle id_;
  Handle type_;
  std::size_t count_ = 0;
};

}  // namespace tusk::hdf5
