// SPDX-License-Identifier: Apache-2.0
#include "data/hdf5/hdf5.hpp"

#include <fmt/format.h>

#include "data/hdf5/file.hpp"

namespace tusk::hdf5 {
namespace {

std::recursive_mutex& library_mutex() {
  static std::recursive_mutex mutex;
  return mutex;
}

void set_up_library() {
  H5open();
  H5Eset_auto2(H5E_DEFAULT, nullptr, nullptr);
  H5PLset_loading_state(0);
}

// Keeps the first description of an upward walk, which is the innermost.
herr_t keep_innermost(unsigned depth, const H5E_error2_t* error, void* text) {
  if (depth == 0 && error->desc != nullptr) *static_cast<std::string*>(text) = error->desc;
  return 0;
}

// What stands between quotes after "error message = ", as in HDF5's report of a failed system call.
std::string system_error(const std::string& description) {
  constexpr std::string_view intro = "error message = '";
  const std::size_t begin = description.find(intro);
  if (begin == std::string::npos) return {};
  const std::size_t text = begin + intro.size();
  return description.substr(text, description.find('\'', text) - text);
}

}  // namespace

Hdf5Lock::Hdf5Lock() : guard_(library_mutex()) {
  static const bool ready = (set_up_library(), true);
  static_cast<void>(ready);
}

Handle::~Handle() {
  if (!valid()) return;
  const Hdf5Lock lock;
  close_(id_);  // whoever flushed has reported errors; here there is nobody to report them to
}

void fail_hdf5(ExitCode code, const std::string& what) {
  std::string description;
  H5Ewalk2(H5E_DEFAULT, H5E_WALK_UPWARD, keep_innermost, &description);
  const std::string system = system_error(description);
  if (!system.empty()) fail(ExitCode::io_error, "{}: {}", what, system);
  if (description.empty()) fail(code, "{}", what);
  fail(code, "{} (HDF5: {})", what, description);
}

std::string hdf5_version() {
  const Hdf5Lock lock;
  unsigned major = 0;
  unsigned minor = 0;
  unsigned release = 0;
  H5get_libversion(&major, &minor, &release);
  return fmt::format("{}.{}.{}", major, minor, release);
}

}  // namespace tusk::hdf5
