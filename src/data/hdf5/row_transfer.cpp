// SPDX-License-Identifier: Apache-2.0
#include "data/hdf5/row_transfer.hpp"

#include <vector>

namespace tusk::hdf5 {

RowTransfer make_row_transfer(const DatasetState& dataset, std::uint64_t begin, std::uint64_t end) {
  RowTransfer transfer;
  transfer.file = Handle(checked(H5Dget_space(dataset.id.id()), "H5Dget_space"), H5Sclose);
  std::vector<hsize_t> start(dataset.extents.size(), 0);
  std::vector<hsize_t> count(dataset.extents.begin(), dataset.extents.end());
  if (!count.empty()) {  // a scalar is selected as it is
    start[0] = begin;
    count[0] = end - begin;
  }
  // Both sides of the same rank: otherwise HDF5 goes through a chunk element by element.
  const int rank = static_cast<int>(count.size());
  transfer.memory =
      Handle(checked(H5Screate_simple(rank, count.data(), nullptr), "H5Screate_simple"), H5Sclose);
  if (begin == end) {
    H5Sselect_none(transfer.memory.id());
    H5Sselect_none(transfer.file.id());
  } else if (rank > 0) {
    checked(H5Sselect_hyperslab(transfer.file.id(), H5S_SELECT_SET, start.data(), nullptr,
                                count.data(), nullptr),
            "H5Sselect_hyperslab");
  }
  transfer.properties = Handle(checked(H5Pcreate(H5P_DATASET_XFER), "H5Pcreate"), H5Pclose);
  if (dataset.file->collective) {
    checked(H5Pset_dxpl_mpio(transfer.properties.id(), H5FD_MPIO_COLLECTIVE), "H5Pset_dxpl_mpio");
  }
  return transfer;
}

}  // namespace tusk::hdf5
