// SPDX-License-Identifier: Apache-2.0
#include "tusk/io/array_file.hpp"

#include <algorithm>

#include "tusk/core/error.hpp"
#include "tusk/core/units.hpp"
#include "tusk/io/idx_header.hpp"
#include "tusk/io/input_format.hpp"
#include "tusk/io/npy_header.hpp"

namespace tusk::io {
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
      break;
  }
  fail(ExitCode::bad_data, "{} is neither IDX nor NPY", file.path());
}

// Turns the bytes of every element round.
void swap_bytes(std::span<std::byte> elements, std::size_t size) {
  for (std::size_t at = 0; at < elements.size(); at += size) {
    std::ranges::reverse(elements.subspan(at, size));
  }
}

}  // namespace

ArrayFile::ArrayFile(const std::string& path) : file_(path), header_(read_header(file_)) {
  check_size();
  row_shape_ = Shape(std::vector<std::size_t>(header_.extents.begin() + 1, header_.extents.end()));
}

std::size_t ArrayFile::row_bytes() const { return row_shape_.elements() * size_of(type()); }

void ArrayFile::check_size() const {
  if (header_.extents.size() > most_dimensions) {
    fail(ExitCode::bad_data, "{}: its header declares {} dimensions; {} are the limit", path(),
         header_.extents.size(), most_dimensions);
  }
  const std::uint64_t available = file_.max_bytes() - std::min(header_.bytes, file_.max_bytes());
  std::uint64_t bytes = size_of(header_.type);
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
  if (bytes / rows() > largest_row_bytes) {
    fail(ExitCode::bad_data, "{}: a row of {} is above the limit of 1 GiB", path(),
         format_bytes(bytes / rows()));
  }
}

void ArrayFile::read_rows(std::uint64_t first, std::span<std::byte> out) {
  if (first != next_row_) file_.seek(header_.bytes + first * row_bytes());
  file_.read_exactly(out);
  next_row_ = first + out.size() / row_bytes();
  if (header_.big_endian) swap_bytes(out, size_of(type()));
  if (next_row_ == rows() && !file_.at_end()) {
    fail(ExitCode::bad_data, "{}: data follows the {} rows that its header declares", path(),
         rows());
  }
}

}  // namespace tusk::io
