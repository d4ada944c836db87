// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>

namespace tusk {

// Room on a disk that is kept free for a file to be written at the end of a long job, so that what
// the job writes before cannot take it. The room is a file of its own with the blocks of so many
// bytes (fallocate), which nobody fills; it is removed, and the room free, when the object goes.
//
//   std::optional<ReservedSpace> room(std::in_place, "model.h5.reserved", bytes);
//   …
//   room.reset();
//   write("model.h5");
//
// A killed job leaves the file, which the next object of that path takes over. Where the file
// system cannot reserve (EOPNOTSUPP) there is no file, and no room is kept.
class ReservedSpace {
 public:
  // Error(io_error), which names the path, the bytes and the system's reason, where there is not so
  // much room: a full disk, a quota, a limit of file sizes.
  ReservedSpace(std::string path, std::uint64_t bytes);
  ~ReservedSpace();
  ReservedSpace(const ReservedSpace&) = delete;
  ReservedSpace& operator=(const ReservedSpace&) = delete;

 private:
  std::string path_;
};

}  // namespace tusk
