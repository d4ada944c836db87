// SPDX-License-Identifier: Apache-2.0
#include "data/hdf5/text_dataset.hpp"

#include <fmt/format.h>

#include "data/hdf5/fixed_text.hpp"
#include "data/hdf5/row_transfer.hpp"

namespace tusk::hdf5 {

TextDataset::TextDataset(File& file, const std::string& name, std::uint64_t rows,
                         std::span<const std::string> vocabulary) {
  const Hdf5Lock lock;
  width_ = width_of(vocabulary);
  type_ = fixed_text_type(width_);
  state_.file = Access::state(file);
  state_.name = name;
  state_.extents = {rows};
  const hsize_t count = rows;
  const Handle space(checked(H5Screate_simple(1, &count, nullptr), "H5Screate_simple"), H5Sclose);
  state_.id = Handle(H5Dcreate2(Access::id(file), name.c_str(), type_.id(), space.id(), H5P_DEFAULT,
                                H5P_DEFAULT, H5P_DEFAULT),
                     H5Dclose);
  if (!state_.id.valid()) {
    fail_hdf5(ExitCode::io_error,
              fmt::format("{}: cannot create data set '{}'", file.path(), name));
  }
}

void TextDataset::write(std::uint64_t begin, std::span<const std::string> texts) {
  const Hdf5Lock lock;
  const std::string packed = pack(texts, width_);
  const RowTransfer transfer = make_row_transfer(state_, begin, begin + texts.size());
  if (H5Dwrite(state_.id.id(), type_.id(), transfer.memory.id(), transfer.file.id(),
               transfer.properties.id(), packed.data()) < 0) {
    fail_hdf5(ExitCode::io_error,
              fmt::format("{}: cannot write data set '{}'", state_.file->path, state_.name));
  }
}

}  // namespace tusk::hdf5
