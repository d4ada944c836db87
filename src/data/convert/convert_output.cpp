// SPDX-License-Identifier: Apache-2.0
#include "data/convert/convert_output.hpp"

#include <algorithm>
#include <exception>
#include <filesystem>
#include <numeric>

#include "data/convert/write_chunks.hpp"
#include "data/datasets/column_names.hpp"
#include "data/hdf5/attributes.hpp"
#include "data/hdf5/checksum.hpp"
#include "mpi/collectively.hpp"
#include "mpi/communicator.hpp"

namespace tusk::convert {

ConvertOutput::ConvertOutput(const std::string& path, const std::vector<tables::TableField>& fields,
                             std::uint64_t rows, const hdf5::Storage& storage,
                             const mpi::Communicator* communicator)
    : path_(path),
      fields_(fields),
      rows_(rows),
      storage_(storage),
      communicator_(communicator),
      offsets_(fields.size()),
      written_(fields.size()) {
  storage_.chunk_rows = std::min(storage.chunk_rows, rows);
  storage_.allocated = true;
  mpi::collectively(communicator, [&] {
    if (is_first()) create();
  });
  if (storage_.chunk_rows > 0) return;
  if (communicator != nullptr)
    communicator->broadcast(std::as_writable_bytes(std::span(offsets_)), 0);
  mpi::collectively(communicator, [&] { raw_ = RawFile::open(PendingFile::part_of(path)); });
}

void ConvertOutput::give_up() noexcept {
  std::error_code ignored;
  if (file_) std::filesystem::resize_file(pending_->part(), 0, ignored);
}

bool ConvertOutput::is_first() const {
  return communicator_ == nullptr || communicator_->rank() == 0;
}

void ConvertOutput::create() {
  lock_ = mpi::FileLock::of_output(path_);
  pending_.emplace(path_);
  file_ = hdf5::File::create(pending_->part());
  for (std::size_t i = 0; i < fields_.size(); ++i) {
    const tables::TableField& field = fields_[i];
    std::vector<std::uint64_t> extents{rows_};
    extents.insert(extents.end(), field.row_shape.extents().begin(),
                   field.row_shape.extents().end());
    datasets_.push_back(file_->create_dataset(field.name, field.type, extents, storage_));
    datasets::write_column_names(*file_, field.name, {field.column_names, field.categories});
    if (!field.class_names.empty()) {
      hdf5::write_attribute(*file_, field.name, "class_names", field.class_names);
    }
    if (storage_.chunk_rows == 0) offsets_[i] = datasets_.back().storage_offset();
  }
  if (storage_.chunk_rows > 0) return;
  datasets_.clear();  // while others write to it, nobody has it open as HDF5
  file_->close();
  file_.reset();
}

void ConvertOutput::write(std::uint64_t first, std::uint64_t count, Blocks blocks) {
  std::exception_ptr error;  // other ranks count on this one for every field
  for (std::size_t i = 0; i < fields_.size(); ++i) {
    const auto rows = count == 0 ? std::span<const std::byte>() : blocks[i];
    try {
      write_field(i, first, rows);
    } catch (...) {
      if (!error) error = std::current_exception();
    }
    if (count > 0) written_[i].push_back({first, rows.size(), hdf5::checksum_of(rows)});
  }
  if (error) std::rethrow_exception(error);
}

void ConvertOutput::write_field(std::size_t field, std::uint64_t first,
                                std::span<const std::byte> rows) {
  if (storage_.chunk_rows == 0) {
    raw_.write(offsets_[field] + first * fields_[field].row_bytes(), rows);
  } else {
    write_chunks(is_first() ? &datasets_[field] : nullptr, fields_[field], storage_, first, rows,
                 communicator_);
  }
}

std::uint32_t ConvertOutput::checksum_of_field(std::size_t field) const {
  std::vector<Written> all = written_[field];
  if (communicator_ != nullptr) {
    const std::vector<Written> mine = std::move(all);
    all.clear();
    for (const auto& part : communicator_->all_gather(std::span<const Written>(mine))) {
      all.insert(all.end(), part.begin(), part.end());
    }
  }
  std::ranges::sort(all, {}, &Written::first);
  std::uint32_t checksum = 0;
  for (const Written& piece : all) {
    checksum =
        hdf5::combine_checksums(checksum, static_cast<std::uint32_t>(piece.checksum), piece.bytes);
  }
  return checksum;
}

// The checksum that hdf5::compute_checksum would find: data sets in the order of their names.
std::uint32_t ConvertOutput::checksum() const {
  std::vector<std::size_t> order(fields_.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::ranges::sort(order, {}, [&](std::size_t field) { return fields_[field].name; });
  std::uint32_t checksum = 0;
  for (const std::size_t field : order) {
    checksum = hdf5::combine_checksums(checksum, checksum_of_field(field),
                                       rows_ * fields_[field].row_bytes());
  }
  return checksum;
}

void ConvertOutput::finish() {
  mpi::collectively(communicator_, [&] {
    if (storage_.chunk_rows == 0) raw_.sync();
  });
  const std::uint32_t all = checksum();
  mpi::collectively(communicator_, [&] {
    if (!is_first()) return;
    if (!file_) file_ = hdf5::File::update(pending_->part());
    hdf5::write_checksum(*file_, all);
    datasets_.clear();
    file_->close();
    file_.reset();
  });
}

void ConvertOutput::publish() {
  if (pending_) pending_->publish();
}

}  // namespace tusk::convert
