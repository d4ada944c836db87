// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace tusk::mpi {
class Communicator;
}

namespace tusk::tables {

// The different texts of a column, which become class indices: 0 is the first in the order of their
// bytes, whatever the order in which they were added and the number of ranks that added them.
class TextClasses {
 public:
  void add(std::string_view text);

  // More than 65,536 texts, or 16 MiB of them: this is no column of classes. The caller asks after
  // every add(), which keeps memory within that bound.
  bool too_many() const;

  // Collective: afterwards every rank has the texts of all ranks.
  void unite(const mpi::Communicator& communicator);

  // Once all texts are there; then the others may be called.
  void finish();

  std::vector<std::string> names() const;              // in the order of their indices
  std::int32_t index_of(std::string_view text) const;  // -1 for one that was never added

 private:
  std::map<std::string, std::int32_t, std::less<>> classes_;
  std::size_t bytes_ = 0;
};

}  // namespace tusk::tables
