// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "data/hdf5/file_state.hpp"

namespace tusk::hdf5 {

// Opens a data set of numbers and checks it: its links, where it is stored, its type, and that its
// storage can hold what it declares. Error(bad_data) otherwise; if it is not there, with a list of
// those that are.
std::shared_ptr<DatasetState> open_dataset(std::shared_ptr<FileState> file,
                                           const std::string& name);

// Why the storage of an open data set is not to be trusted; "" if it is: outside the file (external
// or virtual), compressed with an unknown filter, or far smaller than the data that it declares.
std::string storage_refusal(hid_t dataset, const FileState& file);

// The extents of an open data set; none for a scalar. Nothing if its data space is null or declares
// more bytes than 64 bits can count.
std::optional<std::vector<std::uint64_t>> extents_of(hid_t dataset);

// The extents of one chunk, from a data set's creation properties; none if it is not chunked.
std::vector<hsize_t> chunk_extents(hid_t properties);

}  // namespace tusk::hdf5
