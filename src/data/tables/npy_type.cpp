// SPDX-License-Identifier: Apache-2.0
#include "data/tables/npy_type.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <string>
#include <utility>

#include "tusk/error.hpp"

namespace tusk::tables {
namespace {

constexpr std::uint64_t largest_record_bytes = std::uint64_t{1} << 30;

// Bytes of an element of any type whose descr says so: "|S3", "<U3" (4 bytes a character),
// "<M8[ns]", "<c16".
std::optional<std::uint64_t> size_of_npy_type(std::string_view descr) {
  constexpr std::string_view sized_kinds = "biufcmMSUV";
  if (descr.size() < 3 || sized_kinds.find(descr[1]) == std::string_view::npos) return std::nullopt;
  std::uint32_t size = 0;
  const auto [end, error] = std::from_chars(descr.data() + 2, descr.data() + descr.size(), size);
  const bool whole = end == descr.data() + descr.size() || *end == '[';
  if (error != std::errc() || !whole) return std::nullopt;
  return descr[1] == 'U' ? 4 * std::uint64_t{size} : size;
}

// A name, or a title and a name.
std::string read_name(PythonReader& python) {
  if (!python.skip('(')) return std::string(python.text());
  python.text();
  python.expect(',');
  std::string name(python.text());
  python.expect(')');
  return name;
}

RecordField read_field(PythonReader& python, std::uint64_t offset) {
  RecordField field;
  python.expect('(');
  field.name = read_name(python);
  field.offset = offset;
  python.expect(',');
  if (python.sees('[')) {
    fail(ExitCode::bad_data,
         "{}: its field '{}' holds records; only numbers within records are read", python.path(),
         field.name);
  }
  field.descr = python.text();
  field.number = parse_npy_type(field.descr);
  if (python.skip(',') && python.sees('(')) {
    for (const std::uint64_t extent : python.tuple()) {
      if (__builtin_mul_overflow(field.count, extent, &field.count)) python.malformed();
    }
  }
  python.expect(')');
  return field;
}

std::uint64_t bytes_of(const RecordField& field, const PythonReader& python) {
  const auto size = size_of_npy_type(field.descr);
  if (!size) {
    fail(ExitCode::bad_data, "{}: its field '{}' is of type '{}', which cannot be read",
         python.path(), field.name, field.descr);
  }
  std::uint64_t bytes = 0;
  if (__builtin_mul_overflow(*size, field.count, &bytes) || bytes > largest_record_bytes) {
    fail(ExitCode::bad_data, "{}: its field '{}' is above the limit of 1 GiB", python.path(),
         field.name);
  }
  return bytes;
}

}  // namespace

bool is_npy_time(std::string_view descr) {
  return descr.size() > 2 && descr[2] == '8' && (descr[1] == 'M' || descr[1] == 'm');
}

std::optional<StoredNumber> parse_npy_type(std::string_view descr) {
  constexpr std::array<std::pair<std::string_view, ElementType>, 12> types{{
      {"b1", ElementType::u8},
      {"u1", ElementType::u8},
      {"i1", ElementType::i8},
      {"u2", ElementType::u16},
      {"i2", ElementType::i16},
      {"u4", ElementType::u32},
      {"i4", ElementType::i32},
      {"u8", ElementType::u64},
      {"i8", ElementType::i64},
      {"f2", ElementType::f32},
      {"f4", ElementType::f32},
      {"f8", ElementType::f64},
  }};
  if (descr.empty() || std::string_view("<>|").find(descr.front()) == std::string_view::npos) {
    return std::nullopt;
  }
  const std::string_view kind = descr.substr(1);
  const auto found = std::ranges::find(types, kind, [](const auto& entry) { return entry.first; });
  if (found == types.end()) return std::nullopt;
  return StoredNumber{found->second, kind == "f2", descr.front() == '>'};
}

RecordLayout read_record_layout(PythonReader& python) {
  RecordLayout layout;
  python.expect('[');
  while (!python.skip(']')) {
    RecordField field = read_field(python, layout.bytes);
    layout.bytes += bytes_of(field, python);
    if (layout.bytes > largest_record_bytes) {
      fail(ExitCode::bad_data, "{}: its records are above the limit of 1 GiB", python.path());
    }
    if (!field.name.empty()) layout.fields.push_back(std::move(field));
    if (!python.skip(',') && !python.sees(']')) python.malformed();
  }
  return layout;
}

}  // namespace tusk::tables
