// SPDX-License-Identifier: Apache-2.0
#include "data/hdf5/memory_file.hpp"

#include <fmt/format.h>

#include <atomic>
#include <memory>
#include <utility>

#include "data/hdf5/file_state.hpp"

// Files in memory: HDF5's core driver, given the bytes as they lie, without a copy of its own.
namespace tusk::hdf5 {
namespace {

constexpr std::size_t growth = std::size_t{1} << 20;  // of a file that is written

void* lend(std::size_t, H5FD_file_image_op_t, void* bytes) { return bytes; }
void* copy_nothing(void* target, const void*, std::size_t, H5FD_file_image_op_t, void*) {
  return target;
}
void* keep_size(void* bytes, std::size_t, H5FD_file_image_op_t, void*) { return bytes; }
herr_t free_nothing(void*, H5FD_file_image_op_t, void*) { return 0; }
void* same(void* bytes) { return bytes; }
herr_t forget(void*) { return 0; }

Handle in_memory() {
  Handle access(checked(H5Pcreate(H5P_FILE_ACCESS), "H5Pcreate"), H5Pclose);
  checked(H5Pset_fapl_core(access.id(), growth, 0), "H5Pset_fapl_core");
  return access;
}

// HDF5 takes two files of one name for the same.
std::string new_name(const std::string& path) {
  static std::atomic<unsigned> count{0};
  return fmt::format("{} in memory {}", path, count++);
}

}  // namespace

File open_bytes(const std::string& path, std::vector<std::byte> bytes) {
  const Hdf5Lock lock;
  auto state = std::make_shared<FileState>();
  state->path = path;
  state->in_memory = true;
  state->memory = std::move(bytes);
  state->opened = {.bytes = state->memory.size()};
  const Handle access = in_memory();
  H5Pset_fclose_degree(access.id(), H5F_CLOSE_WEAK);
  void* const image = state->memory.data();
  H5FD_file_image_callbacks_t callbacks{lend, copy_nothing, keep_size, free_nothing,
                                        same, forget,       image};
  checked(H5Pset_file_image_callbacks(access.id(), &callbacks), "H5Pset_file_image_callbacks");
  if (state->memory.empty() || H5Pset_file_image(access.id(), image, state->memory.size()) < 0) {
    fail(ExitCode::bad_data, "{}: no HDF5 file", path);
  }
  const hid_t id = H5Fopen(new_name(path).c_str(), H5F_ACC_RDONLY, access.id());
  if (id < 0) fail_hdf5(ExitCode::bad_data, path + ": damaged, or no HDF5 file");
  state->id = Handle(id, H5Fclose);
  return Access::file(std::move(state));
}

File create_bytes(const std::string& path) {
  const Hdf5Lock lock;
  auto state = std::make_shared<FileState>();
  state->path = path;
  state->in_memory = true;
  state->writable = true;
  const Handle access = in_memory();
  const hid_t id = H5Fcreate(new_name(path).c_str(), H5F_ACC_TRUNC, H5P_DEFAULT, access.id());
  if (id < 0) fail_hdf5(ExitCode::io_error, "cannot create " + path);
  state->id = Handle(id, H5Fclose);
  return Access::file(std::move(state));
}

std::vector<std::byte> to_bytes(File& file) {
  file.flush();
  const Hdf5Lock lock;
  const hid_t id = Access::id(file);
  const ssize_t size = H5Fget_file_image(id, nullptr, 0);
  std::vector<std::byte> bytes(size > 0 ? static_cast<std::size_t>(size) : 0);
  if (bytes.empty() || H5Fget_file_image(id, bytes.data(), bytes.size()) < 0) {
    fail_hdf5(ExitCode::io_error, "cannot write " + file.path());
  }
  return bytes;
}

std::uint64_t bytes_of(const File& file) { return Access::state(file)->opened.bytes; }

}  // namespace tusk::hdf5
