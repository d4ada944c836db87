// SPDX-License-Identifier: Apache-2.0
#include "data/tables/array_file.hpp"

#include <algorithm>
#include <cstring>

#include "core/stored_number.hpp"
#include "core/units.hpp"
#include "data/tables/idx_header.hpp"
#include "data/tables/input_format.hpp"
#include "data/tables/npy_header.hpp"
#include "tusk/error.hpp"

namespace tusk::tables {
namespace {

constexpr std::uint64_t largest_row_bytes = std::uint64_t{1} << 30;
constexpr std::size_t most_dimensions = 32;  // HDF5's and numpy's limit

ArrayHeader read_header(InputFile& file) {
  switch (recognise_format(file.path())) {
    case InputFormat::idx:
      return read_idx_header(file);
    case InputFormat::npy:
      return read_npy_header(file);
    case InputFormat::csv:
    case InputFormat::libsvm:
    case InputFormat::cifar10:
    case InputFormat::cifar100:
      break;
  }
  fail(ExitCode::bad_data, "{} is neither IDX nor NPY", file.path());
}

// Where in a row in C order the element stands that is number `index` in Fortran order.
std::size_t c_index(std::size_t index, const Shape& row) {
  std::size_t position = 0;
  std::size_t stride = row.elements();
  for (const std::size_t extent : row.extents()) {
    stride /= extent;
    position += index % extent * stride;
    index /= extent;
  }
  return position;
}

}  // namespace

ArrayFile::ArrayFile(const std::string& path) : file_(path), header_(read_header(file_)) {
  check_size();
  row_shape_ = Shape(std::vector<std::size_t>(header_.extents.begin() + 1, header_.extents.end()));
  if (row_shape_.elements() == 1) header_.fortran_order = false;  // both are the same
  if (header_.fortran_order && file_.is_compressed()) {
    fail(ExitCode::bad_data,
         "{} is compressed and in Fortran order: its rows lie all over it; unpack it first, or "
         "save it in C order (in NumPy: numpy.ascontiguousarray)",
         path);
  }
}

void ArrayFile::check_size() const {
  if (header_.extents.size() > most_dimensions) {
    fail(ExitCode::bad_data, "{}: its header declares {} dimensions; {} are the limit", path(),
         header_.extents.size(), most_dimensions);
  }
  const std::uint64_t available = file_.max_bytes() - std::min(header_.bytes, file_.max_bytes());
  std::uint64_t bytes = header_.number.bytes();
  bool fits = true;
  for (const std::uint64_t extent : header_.extents) {
    if (extent == 0) fail(ExitCode::bad_data, "{} holds an array without elements", path());
    fits = fits && extent <= available / bytes;
    if (fits) bytes *= extent;
  }
  if (!fits) {
    fail(ExitCode::bad_data, "{} is truncated, or its header wrong: it declares more than its {}",
         path(), format_bytes(file_.max_bytes()));
  }
  if (!file_.is_compressed() && bytes < available) {
    fail(ExitCode::bad_data, "{}: {} bytes follow the {} that its header declares", path(),
         available - bytes, bytes);
  }
  const std::uint64_t row_bytes = bytes / rows() / header_.number.bytes() * size_of(type());
  if (row_bytes > largest_row_bytes) {
    fail(ExitCode::bad_data, "{}: a row of {} is above the limit of 1 GiB", path(),
         format_bytes(row_bytes));
  }
}

void ArrayFile::read_rows(std::uint64_t first, std::span<std::byte> out) {
  const std::span<std::byte> stored = stored_part(out, header_.number);
  if (header_.fortran_order) {
    read_transposed(first, stored);
  } else {
    read_in_order(first, stored);
  }
  decode(out, header_.number);
}

void ArrayFile::read_in_order(std::uint64_t first, std::span<std::byte> out) {
  file_.seek(header_.bytes + first * stored_row_bytes());
  file_.read_exactly(out);
  if (first + out.size() / stored_row_bytes() == rows() && !file_.at_end()) {
    fail(ExitCode::bad_data, "{}: data follows the {} rows that its header declares", path(),
         rows());
  }
}

void ArrayFile::read_transposed(std::uint64_t first, std::span<std::byte> out) {
  const std::size_t size = header_.number.bytes();
  const std::size_t count = out.size() / stored_row_bytes();
  std::vector<std::byte> column(count * size);
  for (std::size_t index = 0; index < row_shape_.elements(); ++index) {
    file_.seek(header_.bytes + (index * rows() + first) * size);
    file_.read_exactly(column);
    std::byte* to = out.data() + c_index(index, row_shape_) * size;
    for (std::size_t row = 0; row < count; ++row, to += stored_row_bytes()) {
      std::memcpy(to, column.data() + row * size, size);
    }
  }
}

}  // namespace tusk::tables
