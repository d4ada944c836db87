// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>

#include "mpi/communicator.hpp"
#include "temporary_folder.hpp"

namespace tusk::test {

// One temporary folder for all ranks of a test, gone when all have left. Construction and
// destruction are collective.
class SharedFolder {
 public:
  explicit SharedFolder(const mpi::Communicator& world) : world_(world) {
    if (world.rank() == 0) mine_.emplace();
    path_ = world.broadcast(mine_ ? mine_->path().string() : "", 0);
  }
  ~SharedFolder() { world_.barrier(); }
  SharedFolder(const SharedFolder&) = delete;
  SharedFolder& operator=(const SharedFolder&) = delete;

  std::string file(const std::string& name) const { return path_ + "/" + name; }

 private:
  const mpi::Communicator& world_;
  std::optional<TemporaryFolder> mine_;
  std::string path_;
};

}  // namespace tusk::test
