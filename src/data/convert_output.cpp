// SPDX-License-Identifier: Apache-2.0
#include "convert_output.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <numeric>

#include "tusk/io/attributes.hpp"
#include "tusk/io/checksum.hpp"
#include "tusk/mpi/collectively.hpp"
#include "tusk/mpi/communicator.hpp"

namespace tusk::data {

ConvertOutput::ConvertOutput(const std::string& path, const std::vector<io::TableField>& fields,
                             std::uint64_t rows, const io::Storage& storage,
                             const mpi::Communicator* communicator)
    : fields_(fields),
      rows_(rows),
      communicator_(communicator),
      collective_writes_(communicator != nullptr && storage.gzip > 0),
      written_(fields.size()) {
  if (communicator == nullptr || communicator->rank() == 0) pending_.emplace(path);
  const std::string part = io::PendingFile::part_of(path);
  file_ = communicator == nullptr ? io::File::create(part) : io::File::create(part, *communicator);
  mpi::collectively(communicator, [&] { create_datasets(storage); });
}

void ConvertOutput::create_datasets(const io::Storage& storage) {
  for (const io::TableField& field : fields_) {
    std::vector<std::uint64_t> extents{rows_};
    extents.insert(extents.end(), field.row_shape.extents().begin(),
                   field.row_shape.extents().end());
    datasets_.push_back(file_->create_dataset(field.name, field.type, extents, storage));
    const auto write = [&](const std::string& name, const std::vector<std::string>& texts) {
      if (!texts.empty()) io::write_attribute(*file_, field.name, name, texts);
    };
    write("column_names", field.column_names);
    write("class_names", field.class_names);
    for (const auto& [column, names] : field.categories) {
      write(fmt::format("category_names:{}:", column), names);
    }
  }
}

void ConvertOutput::write(std::uint64_t first, std::uint64_t count, Blocks blocks) {
  if (count == 0 && !collective_writes_) return;
  for (std::size_t field = 0; field < datasets_.size(); ++field) {
    const std::span<const std::byte> rows =
        count == 0 ? std::span<const std::byte>() : blocks[field];
    datasets_[field].write_rows(first, first + count, fields_[field].type, rows);
    if (count > 0) written_[field].push_back({first, rows.size(), io::checksum_of(rows)});
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
        io::combine_checksums(checksum, static_cast<std::uint32_t>(piece.checksum), piece.bytes);
  }
  return checksum;
}

// As io::compute_checksum has it: data sets in the order of their names.
std::uint32_t ConvertOutput::checksum() const {
  std::vector<std::size_t> order(fields_.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::ranges::sort(order, {}, [&](std::size_t field) { return fields_[field].name; });
  std::uint32_t checksum = 0;
  for (const std::size_t field : order) {
    checksum = io::combine_checksums(checksum, checksum_of_field(field),
                                     rows_ * fields_[field].row_bytes());
  }
  return checksum;
}

void ConvertOutput::finish() {
  const std::uint32_t all = checksum();
  mpi::collectively(communicator_, [&] {
    io::write_checksum(*file_, all);
    datasets_.clear();
    file_->close();
  });
  file_.reset();
}

void ConvertOutput::publish() {
  if (pending_) pending_->publish();
}

}  // namespace tusk::data
