// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

namespace tusk {

// A file that appears under its name complete or not at all: it is written under another name in
// the same folder, and renamed. A job killed between leaves only PATH.part.
//
//   PendingFile pending("model.h5");
//   write(pending.part());
//   pending.publish();
class PendingFile {
 public:
  explicit PendingFile(std::string path);
  ~PendingFile();  // removes the part unless it was published
  PendingFile(const PendingFile&) = delete;
  PendingFile& operator=(const PendingFile&) = delete;

  const std::string& part() const { return part_; }

  // Error(cannot_create) if there is such a file already that is not to be replaced, or something
  // that is no regular file: a folder, a device.
  static void check_free(const std::string& path, bool overwrite);

  // The part's name, for ranks that write to it and leave the object to one of them.
  static std::string part_of(const std::string& path) { return path + ".part"; }

  // Syncs the part to disk and renames it. Error(io_error) if that fails.
  void publish();

  // The whole of a small file at once. Error(cannot_create) where it cannot be made,
  // Error(io_error) where it cannot be written.
  static void write(const std::string& path, std::string_view content);

 private:
  std::string path_;
  std::string part_;
  bool published_ = false;
};

}  // namespace tusk
