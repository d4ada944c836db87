// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "core/element_type.hpp"
#include "data/hdf5/number_dataset.hpp"
#include "tusk/shape.hpp"

namespace tusk::datasets {

// The data sets of one name in one file or several, as one: the rows of the second file follow
// those of the first, and are numbered through. All have the same type and shape of a row. Cheap to
// copy.
class JoinedDataset {
 public:
  // One file's part, and the number of its first row.
  struct Part {
    hdf5::NumberDataset dataset;
    std::uint64_t first_row = 0;

    std::uint64_t end_row() const { return first_row + dataset.rows(); }
  };

  // Error(bad_data), which names both files, if types or shapes of rows differ. Requires one at
  // least.
  explicit JoinedDataset(const std::vector<hdf5::NumberDataset>& datasets);

  const std::string& name() const { return parts_.front().dataset.name(); }
  const std::string& path() const { return parts_.front().dataset.path(); }  // of the first file
  ElementType type() const { return parts_.front().dataset.type(); }
  std::uint64_t rows() const { return parts_.back().end_row(); }
  Shape row_shape() const { return parts_.front().dataset.row_shape(); }
  std::size_t row_elements() const { return parts_.front().dataset.row_elements(); }

  const std::vector<Part>& parts() const { return parts_; }

  // The part with this row.
  const Part& part_of(std::uint64_t row) const;

  // Rows [begin, end), converted to `type`, in a transfer a file. `out` has exactly the bytes for
  // them. Only where the files were opened without a communicator.
  void read_rows(std::uint64_t begin, std::uint64_t end, ElementType type,
                 std::span<std::byte> out) const;

  // The same for a span of numbers: whole rows from row `begin` on.
  template <typename T>
  void read(std::uint64_t begin, std::span<T> out) const {
    read_rows(begin, begin + out.size() / row_elements(), element_type<T>(),
              std::as_writable_bytes(out));
  }

  // How many rows to ask for at a time: some 8 MB, in whole chunks of every file where that is
  // possible.
  std::uint64_t rows_per_transfer() const;

 private:
  std::vector<Part> parts_;
};

}  // namespace tusk::datasets
