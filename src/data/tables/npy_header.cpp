// SPDX-License-Identifier: Apache-2.0
#include "data/tables/npy_header.hpp"

#include <algorithm>
#include <array>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "data/tables/encoding.hpp"
#include "data/tables/input_file.hpp"
#include "data/tables/npy_type.hpp"
#include "data/tables/python_reader.hpp"
#include "tusk/error.hpp"

namespace tusk::tables {
namespace {

constexpr std::string_view magic = "\x93NUMPY";
constexpr std::size_t longest_header =
    std::size_t{64} * 1024;  // numpy itself refuses to read above 10,000

// What makes numbers of elements that are none, in NumPy.
std::string_view advice_on(std::string_view descr) {
  if (is_npy_time(descr)) return "a.astype('int64')";
  const char kind = descr.size() > 1 ? descr[1] : ' ';
  if (kind == 'U' || kind == 'S') {
    return "numpy.unique(a, return_inverse=True)[1] makes classes of texts";
  }
  if (kind == 'c') return "numpy.stack([a.real, a.imag], -1)";
  return "a.astype('float32')";
}

// What stands behind "descr": the type of the elements, or of the fields of records; their bytes.
std::uint64_t read_descr(PythonReader& python, ArrayHeader& header) {
  if (python.sees('[')) {
    RecordLayout layout = read_record_layout(python);
    if (layout.fields.empty()) fail(ExitCode::bad_data, "{}: its records are empty", python.path());
    header.record_fields = std::move(layout.fields);
    return layout.bytes;
  }
  const std::string_view descr = python.text();
  const auto number = parse_npy_type(descr);
  if (!number) {
    fail(ExitCode::bad_data,
         "{} holds elements of type '{}'; integers of 8 to 64 bits and floats of 16 to 64 are read "
         "(in NumPy: {})",
         python.path(), descr, advice_on(descr));
  }
  header.number = *number;
  return number->bytes();
}

// Takes an array of records as one of bytes, a row a record.
void make_rows_of_records(ArrayHeader& header, std::uint64_t record_bytes,
                          const std::string& path) {
  if (header.extents.size() > 1) {
    fail(ExitCode::bad_data,
         "{} holds records in {} dimensions; save them in one (in NumPy: a.reshape(-1))", path,
         header.extents.size());
  }
  header.extents.push_back(record_bytes);
  header.fortran_order = false;
}

ArrayHeader parse(std::string_view text, const std::string& path) {
  ArrayHeader header;
  std::optional<std::uint64_t> element_bytes;
  bool has_order = false;
  bool has_shape = false;
  PythonReader python(text, path);
  python.expect('{');
  while (!python.skip('}')) {
    const std::string_view key = python.text();
    python.expect(':');
    if (key == "descr" && !element_bytes) {
      element_bytes = read_descr(python, header);
    } else if (key == "fortran_order") {
      header.fortran_order = python.boolean();
      has_order = true;
    } else if (key == "shape") {
      header.extents = python.tuple();
      has_shape = true;
    } else {
      python.malformed();
    }
    python.skip(',');
  }
  if (!element_bytes || !has_order || !has_shape || !python.at_end()) python.malformed();
  if (header.extents.empty()) fail(ExitCode::bad_data, "{} holds a single number, no array", path);
  if (!header.record_fields.empty()) make_rows_of_records(header, *element_bytes, path);
  return header;
}

}  // namespace

bool is_npy(std::span<const std::byte> first_bytes) {
  return first_bytes.size() >= magic.size() &&
         std::equal(magic.begin(), magic.end(), first_bytes.begin(), [](char a, std::byte b) {
           return static_cast<unsigned char>(a) == std::to_integer<unsigned char>(b);
         });
}

ArrayHeader read_npy_header(InputFile& file) {
  std::array<std::byte, magic.size() + 2> start;  // and the version, major and minor
  file.read_exactly(start);
  const auto version = std::to_integer<int>(start[magic.size()]);
  if (!is_npy(start) || version < 1 || version > 3) {
    fail(ExitCode::bad_data, "{} is no NPY file of version 1 to 3", file.path());
  }
  std::array<std::byte, 4> length_bytes{};
  const auto used = std::span(length_bytes).first(version == 1 ? 2 : 4);
  file.read_exactly(used);
  std::uint64_t length = 0;
  for (std::size_t i = used.size(); i-- > 0;) {
    length = length << 8 | std::to_integer<std::uint64_t>(used[i]);
  }
  if (length > longest_header) {
    fail(ExitCode::bad_data, "{}: its NPY header claims to have {} bytes", file.path(), length);
  }
  std::string text(length, '\0');
  file.read_exactly(std::as_writable_bytes(std::span(text)));
  ArrayHeader header = parse(text, file.path());
  header.bytes = start.size() + used.size() + length;
  const Encoding encoding = version < 3 ? Encoding::latin1 : Encoding::utf8;
  for (RecordField& field : header.record_fields) {
    std::string room;
    const auto name = to_utf8(field.name, encoding, room);
    if (!name) {
      fail(ExitCode::bad_data, "{}: the name of its field {:?} is no text", file.path(),
           field.name);
    }
    field.name = std::string(*name);
  }
  return header;
}

}  // namespace tusk::tables
