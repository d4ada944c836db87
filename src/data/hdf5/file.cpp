// SPDX-License-Identifier: Apache-2.0
#include "data/hdf5/file.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/mman.h>
#include <sys/sendfile.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <filesystem>

#include "data/hdf5/file_state.hpp"
#include "data/hdf5/hdf5_type.hpp"
#include "data/hdf5/links.hpp"
#include "data/hdf5/open_dataset.hpp"
#include "mpi/collectively.hpp"
#include "mpi/communicator.hpp"

namespace tusk::hdf5 {
namespace {

enum class Purpose { read, update, create };

// A pipe would be waited for as long as nobody writes to it, and HDF5 cannot read from one.
void refuse_pipe(const std::string& path) {
  std::error_code ignored;
  if (std::filesystem::is_fifo(path, ignored)) {
    fail(ExitCode::no_input, "cannot open {}: it is a pipe, and HDF5 files are not read in order",
         path);
  }
}

// Fails as the operating system does, in its words, and if an input is not HDF5 at all.
void require_access(const std::string& path, Purpose purpose) {
  const bool input = purpose != Purpose::create;
  const ExitCode code = input ? ExitCode::no_input : ExitCode::cannot_create;
  const char* verb = input ? "open" : "create";
  if (std::error_code ignored; std::filesystem::is_directory(path, ignored)) {
    fail(code, "cannot {} {}: it is a directory", verb, path);
  }
  if (input) refuse_pipe(path);
  const int flags = purpose == Purpose::read     ? O_RDONLY
                    : purpose == Purpose::update ? O_RDWR
                                                 : O_RDWR | O_CREAT;
  const int descriptor = ::open(path.c_str(), flags | O_CLOEXEC, 0666);
  if (descriptor < 0) fail(code, "cannot {} {}: {}", verb, path, std::strerror(errno));
  // HDF5 crashes in MPI_Finalize where there is no room for the first bytes of a file.
  constexpr off_t first_bytes = 8192;
  const int no_room =
      purpose == Purpose::create ? ::posix_fallocate(descriptor, 0, first_bytes) : 0;
  ::close(descriptor);
  if (no_room == ENOSPC || no_room == EDQUOT) {
    fail(ExitCode::io_error, "cannot create {}: {}", path, std::strerror(no_room));
  }
  const Hdf5Lock lock;
  if (input && H5Fis_hdf5(path.c_str()) <= 0) {
    fail(ExitCode::bad_data, "{}: not an HDF5 file ('tusk convert' makes one of other formats)",
         path);
  }
}

Handle access_properties(Purpose purpose, Locking locking, const mpi::Communicator* communicator) {
  Handle properties(checked(H5Pcreate(H5P_FILE_ACCESS), "H5Pcreate"), H5Pclose);
  // A reader takes no lock; a writer does without where the file system has none.
  H5Pset_file_locking(properties.id(), purpose != Purpose::read && locking == Locking::yes, 1);
  H5Pset_fclose_degree(properties.id(), purpose == Purpose::read ? H5F_CLOSE_WEAK : H5F_CLOSE_SEMI);
  if (communicator != nullptr) {
    checked(H5Pset_fapl_mpio(properties.id(), communicator->handle(), MPI_INFO_NULL),
            "H5Pset_fapl_mpio");
  }
  return properties;
}

std::shared_ptr<FileState> open_state(const std::string& path, Purpose purpose,
                                      const mpi::Communicator* communicator,
                                      Locking locking = Locking::yes) {
  if (communicator != nullptr) {
    mpi::collectively(*communicator, [&] { require_access(path, purpose); });
  } else if (purpose == Purpose::read) {
    refuse_pipe(path);
  } else {
    require_access(path, purpose);
  }
  const Hdf5Lock lock;
  const Handle access = access_properties(purpose, locking, communicator);
  auto state = std::make_shared<FileState>();
  state->path = path;
  state->collective = communicator != nullptr;
  state->writable = purpose != Purpose::read;
  const auto open = [&] {
    return purpose == Purpose::create
               ? H5Fcreate(path.c_str(), H5F_ACC_TRUNC, H5P_DEFAULT, access.id())
               : H5Fopen(path.c_str(), purpose == Purpose::read ? H5F_ACC_RDONLY : H5F_ACC_RDWR,
                         access.id());
  };
  hid_t id = open();
  if (id < 0 && purpose == Purpose::read && communicator == nullptr) {
    require_access(path, purpose);  // asked only now, so that a file that is read is opened once
    id = open();                    // the reason again, for the message
  }
  if (id < 0 && purpose == Purpose::create) {
    fail_hdf5(ExitCode::cannot_create, "cannot create " + path);
  }
  if (id < 0) fail_hdf5(ExitCode::bad_data, path + ": damaged or incomplete");
  state->id = Handle(id, H5Fclose);
  if (purpose == Purpose::read && communicator == nullptr) state->opened = current_status(*state);
  return state;
}

Handle creation_properties(const std::vector<hsize_t>& extents, const Storage& storage) {
  Handle properties(checked(H5Pcreate(H5P_DATASET_CREATE), "H5Pcreate"), H5Pclose);
  const hsize_t rows = extents.empty() ? 0 : extents[0];
  const hsize_t chunk_rows =
      storage.extendable ? storage.chunk_rows : std::min<hsize_t>(storage.chunk_rows, rows);
  if (chunk_rows == 0 && storage.allocated) {
    checked(H5Pset_alloc_time(properties.id(), H5D_ALLOC_TIME_EARLY), "H5Pset_alloc_time");
  }
  if (chunk_rows == 0) return properties;
  std::vector<hsize_t> chunk(extents);
  for (hsize_t& extent : chunk) extent = std::max<hsize_t>(extent, 1);
  chunk[0] = chunk_rows;
  checked(H5Pset_chunk(properties.id(), static_cast<int>(chunk.size()), chunk.data()),
          "H5Pset_chunk");
  if (storage.gzip > 0) {
    checked(H5Pset_shuffle(properties.id()), "H5Pset_shuffle");
    checked(H5Pset_deflate(properties.id(), static_cast<unsigned>(storage.gzip)), "H5Pset_deflate");
  }
  return properties;
}

}  // namespace

FileState::~FileState() {
  if (!writable || broken || !id.valid()) return;
  const Hdf5Lock lock;  // an exception passes; what it left may not find room
  if (H5Fflush(id.id(), H5F_SCOPE_LOCAL) < 0) divert_writes(*this);
}

void divert_writes(FileState& file) {
  file.broken = true;
  void* place = nullptr;
  if (file.collective || file.in_memory || H5Fget_vfd_handle(file.id.id(), H5P_DEFAULT, &place) < 0)
    return;
  const int descriptor = *static_cast<int*>(place);
  const int memory = ::memfd_create("tusk", MFD_CLOEXEC);
  if (memory < 0) return;
  // What HDF5 reads again is there, unless the file is large: then it has that in its cache.
  constexpr off_t most = off_t{64} << 20;
  struct stat status {};
  off_t begin = 0;
  if (::fstat(descriptor, &status) == 0 && status.st_size <= most) {
    while (::sendfile(memory, descriptor, &begin, static_cast<std::size_t>(most)) > 0) {
    }
  }
  ::dup2(memory, descriptor);
  ::close(memory);
  // HDF5 1.10.8 believes itself in the middle of the flush that has failed, until one succeeds.
  constexpr int most_flushes = 4;
  for (int i = 0; i < most_flushes && H5Fflush(file.id.id(), H5F_SCOPE_LOCAL) < 0; ++i) {
  }
}

void fail_writing(FileState& file, const std::string& what) {
  try {
    fail_hdf5(ExitCode::io_error, what);
  } catch (const Error&) {
    divert_writes(file);
    throw;
  }
}

FileStatus current_status(const FileState& file) {
  if (file.in_memory) return {.bytes = file.memory.size()};
  void* descriptor = nullptr;
  struct stat status {};
  checked(H5Fget_vfd_handle(file.id.id(), H5P_DEFAULT, &descriptor), "H5Fget_vfd_handle");
  if (::fstat(*static_cast<int*>(descriptor), &status) != 0) {
    fail(ExitCode::io_error, "{}: {}", file.path, std::strerror(errno));
  }
  constexpr std::int64_t second_ns = 1'000'000'000;
  return {.bytes = static_cast<std::uint64_t>(status.st_size),
          .changed_ns = status.st_mtim.tv_sec * second_ns + status.st_mtim.tv_nsec};
}

File File::open(const std::string& path) { return File(open_state(path, Purpose::read, nullptr)); }

File File::update(const std::string& path, Locking locking) {
  return File(open_state(path, Purpose::update, nullptr, locking));
}

File File::create(const std::string& path, Locking locking) {
  return File(open_state(path, Purpose::create, nullptr, locking));
}

File File::open(const std::string& path, const mpi::Communicator& communicator) {
  return File(open_state(path, Purpose::read, &communicator));
}

File File::create(const std::string& path, const mpi::Communicator& communicator) {
  return File(open_state(path, Purpose::create, &communicator));
}

const std::string& File::path() const { return state_->path; }

bool File::has_dataset(const std::string& name) const {
  const Hdf5Lock lock;
  return locate(*state_, name).target.kind == LinkTarget::Kind::dataset;
}

bool File::has_group(const std::string& name) const {
  const Hdf5Lock lock;
  return locate(*state_, name).target.kind == LinkTarget::Kind::group;
}

NumberDataset File::dataset(const std::string& name) const {
  const Hdf5Lock lock;
  return Access::dataset(open_dataset(state_, name));
}

std::vector<std::string> File::dataset_names() const {
  const Hdf5Lock lock;
  std::vector<std::string> names;
  walk(*state_, [&](const Visited& visited) {
    if (visited.target.kind == LinkTarget::Kind::dataset) names.push_back(visited.path);
  });
  std::sort(names.begin(), names.end());
  return names;
}

void File::create_group(const std::string& name) {
  const Hdf5Lock lock;
  const Handle links(checked(H5Pcreate(H5P_LINK_CREATE), "H5Pcreate"), H5Pclose);
  H5Pset_create_intermediate_group(links.id(), 1);
  const Handle group(
      H5Gcreate2(state_->id.id(), name.c_str(), links.id(), H5P_DEFAULT, H5P_DEFAULT), H5Gclose);
  if (!group.valid()) {
    fail_hdf5(ExitCode::io_error, fmt::format("{}: cannot create group '{}'", path(), name));
  }
}

NumberDataset File::create_dataset(const std::string& name, ElementType type,
                                   const std::vector<std::uint64_t>& extents,
                                   const Storage& storage) {
  const Hdf5Lock lock;
  const std::vector<hsize_t> sizes(extents.begin(), extents.end());
  std::vector<hsize_t> limits(sizes);
  if (storage.extendable) limits.at(0) = H5S_UNLIMITED;
  const Handle space(
      checked(H5Screate_simple(static_cast<int>(sizes.size()), sizes.data(), limits.data()),
              "H5Screate_simple"),
      H5Sclose);
  const Handle links(checked(H5Pcreate(H5P_LINK_CREATE), "H5Pcreate"), H5Pclose);
  H5Pset_create_intermediate_group(links.id(), 1);
  const Handle properties = creation_properties(sizes, storage);
  const Handle access(checked(H5Pcreate(H5P_DATASET_ACCESS), "H5Pcreate"), H5Pclose);
  if (storage.extendable) {  // one chunk grows; by default many more would stay in memory
    constexpr std::size_t slots = 11;
    constexpr std::size_t bytes = std::size_t{64} << 10;
    H5Pset_chunk_cache(access.id(), slots, bytes, 1.0);
  }
  auto state = std::make_shared<DatasetState>();
  state->id = Handle(H5Dcreate2(state_->id.id(), name.c_str(), native_type(type), space.id(),
                                links.id(), properties.id(), access.id()),
                     H5Dclose);
  if (!state->id.valid()) {
    fail_hdf5(ExitCode::io_error, fmt::format("{}: cannot create data set '{}'", path(), name));
  }
  state->file = state_;
  state->name = name;
  state->type = type;
  state->extents = extents;
  state->chunk_rows = storage.chunk_rows;
  state->compressed = storage.gzip > 0;
  return Access::dataset(std::move(state));
}

void File::flush() {
  const Hdf5Lock lock;
  if (state_->broken) {
    fail(ExitCode::io_error, "cannot write {}: an earlier write has failed", path());
  }
  if (H5Fflush(state_->id.id(), H5F_SCOPE_LOCAL) < 0) {
    fail_writing(*state_, "cannot write " + path());
  }
}

void File::close() {
  const Hdf5Lock lock;
  flush();
  if (H5Fclose(state_->id.release()) < 0) {
    fail_hdf5(ExitCode::io_error, "cannot close " + path());
  }
}

}  // namespace tusk::hdf5
