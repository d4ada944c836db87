// SPDX-License-Identifier: Apache-2.0
#include "data/hdf5/number_dataset.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "core/stored_number.hpp"
#include "data/hdf5/file_state.hpp"
#include "data/hdf5/hdf5_type.hpp"
#include "data/hdf5/row_transfer.hpp"

namespace tusk::hdf5 {
namespace {

constexpr std::uint64_t transfer_bytes = 8ULL << 20;
constexpr std::uint64_t max_transfer_bytes = 256ULL << 20;  // where large chunks ask for more

void require_rows(const NumberDataset& dataset, std::uint64_t begin, std::uint64_t end,
                  ElementType type, std::size_t bytes) {
  if (begin > end || end > dataset.rows()) {
    fail(ExitCode::internal, "{}: data set '{}' has {} rows, not rows {} to {}", dataset.path(),
         dataset.name(), dataset.rows(), begin, end);
  }
  if (bytes != (end - begin) * dataset.row_elements() * size_of(type)) {
    fail(ExitCode::internal, "{}: a buffer of {} bytes for {} rows of data set '{}'",
         dataset.path(), bytes, end - begin, dataset.name());
  }
}

// HDF5 reads zeros where the file has ended since it was opened, and anything where it has been
// written to.
void require_unchanged(const FileState& file) {
  if (file.collective || file.writable) return;
  const FileStatus now = current_status(file);
  if (now.bytes < file.opened.bytes) {
    fail(ExitCode::io_error, "{}: has become shorter while it was read, {} bytes instead of {}",
         file.path, now.bytes, file.opened.bytes);
  }
  if (now.changed_ns != file.opened.changed_ns || now.bytes != file.opened.bytes) {
    fail(ExitCode::io_error,
         "{}: has been written to since it was opened; write a new file and rename it instead, so "
         "that who reads the old one goes on with that",
         file.path);
  }
}

}  // namespace

const std::string& NumberDataset::name() const { return state_->name; }
const std::string& NumberDataset::path() const { return state_->file->path; }
ElementType NumberDataset::type() const { return state_->type; }
const std::vector<std::uint64_t>& NumberDataset::extents() const { return state_->extents; }

std::uint64_t NumberDataset::rows() const { return extents().empty() ? 1 : extents()[0]; }

Shape NumberDataset::row_shape() const {
  if (extents().empty()) return {};
  return Shape(std::vector<std::size_t>(extents().begin() + 1, extents().end()));
}

std::size_t NumberDataset::row_elements() const { return row_shape().elements(); }

std::uint64_t NumberDataset::stored_bytes() const {
  const Hdf5Lock lock;
  return H5Dget_storage_size(state_->id.id());
}

std::uint64_t NumberDataset::chunk_rows() const { return state_->chunk_rows; }
bool NumberDataset::is_compressed() const { return state_->compressed; }

std::uint64_t NumberDataset::rows_per_transfer() const {
  const std::uint64_t row_bytes = std::max<std::uint64_t>(row_elements() * size_of(type()), 1);
  const std::uint64_t target = std::max<std::uint64_t>(transfer_bytes / row_bytes, 1);
  const std::uint64_t chunk = state_->chunk_rows;
  if (chunk == 0) return target;
  const std::uint64_t most = std::max<std::uint64_t>(max_transfer_bytes / row_bytes, 1);
  if (chunk < target) return target / chunk * chunk;
  return state_->compressed ? chunk : std::min(chunk, most);
}

void NumberDataset::read_rows(std::uint64_t begin, std::uint64_t end, ElementType type,
                              std::span<std::byte> out) const {
  const Hdf5Lock lock;
  require_rows(*this, begin, end, type, out.size());
  const RowTransfer transfer = make_row_transfer(*state_, begin, end);
  // HDF5 converts 16-bit floats bit by bit, some thirty times more slowly than they are decoded.
  const bool decodes = state_->half && type == ElementType::f32;
  const StoredNumber stored{.type = type, .half = decodes};
  const Handle half = decodes ? native_half_precision() : Handle();
  if (H5Dread(state_->id.id(), decodes ? half.id() : native_type(type), transfer.memory.id(),
              transfer.file.id(), transfer.properties.id(), stored_part(out, stored).data()) < 0) {
    fail_hdf5(ExitCode::bad_data, fmt::format("{}: cannot read rows {} to {} of data set '{}'",
                                              path(), begin, end, name()));
  }
  require_unchanged(*state_->file);
  if (decodes) decode(out, stored);
}

void NumberDataset::write_rows(std::uint64_t begin, std::uint64_t end, ElementType type,
                               std::span<const std::byte> rows) {
  const Hdf5Lock lock;
  require_rows(*this, begin, end, type, rows.size());
  const RowTransfer transfer = make_row_transfer(*state_, begin, end);
  if (H5Dwrite(state_->id.id(), native_type(type), transfer.memory.id(), transfer.file.id(),
               transfer.properties.id(), rows.data()) < 0) {
    fail_writing(*state_->file, fmt::format("{}: cannot write rows {} to {} of data set '{}'",
                                            path(), begin, end, name()));
  }
}

std::uint64_t NumberDataset::storage_offset() const {
  const Hdf5Lock lock;
  const haddr_t offset = H5Dget_offset(state_->id.id());
  if (offset == HADDR_UNDEF) {
    fail_hdf5(ExitCode::internal,
              fmt::format("{}: data set '{}' has no place in the file", path(), name()));
  }
  return offset;
}

void NumberDataset::write_chunk(std::uint64_t first_row, std::span<const std::byte> filtered) {
  const Hdf5Lock lock;
  std::vector<hsize_t> begin(extents().size(), 0);
  begin.at(0) = first_row;
  if (H5Dwrite_chunk(state_->id.id(), H5P_DEFAULT, 0, begin.data(), filtered.size(),
                     filtered.data()) < 0) {
    fail_writing(*state_->file, fmt::format("{}: cannot write the chunk at row {} of data set '{}'",
                                            path(), first_row, name()));
  }
}

void NumberDataset::append_rows(std::uint64_t count, ElementType type,
                                std::span<const std::byte> rows_to_append) {
  const Hdf5Lock lock;
  std::vector<hsize_t> grown(extents().begin(), extents().end());
  grown.at(0) += count;
  if (H5Dset_extent(state_->id.id(), grown.data()) < 0) {
    fail_writing(*state_->file, fmt::format("{}: cannot extend data set '{}'", path(), name()));
  }
  const std::uint64_t begin = rows();
  state_->extents[0] = grown[0];
  write_rows(begin, grown[0], type, rows_to_append);
}

void NumberDataset::cut_rows(std::uint64_t count) {
  const Hdf5Lock lock;
  if (count >= rows()) return;
  std::vector<hsize_t> cut(extents().begin(), extents().end());
  cut.at(0) = count;
  if (H5Dset_extent(state_->id.id(), cut.data()) < 0) {
    fail_writing(*state_->file, fmt::format("{}: cannot shorten data set '{}'", path(), name()));
  }
  state_->extents[0] = count;
}

}  // namespace tusk::hdf5
