// SPDX-License-Identifier: Apache-2.0
#include "data/tables/idx_header.hpp"

#include <array>
#include <optional>

#include "data/tables/input_file.hpp"
#include "tusk/error.hpp"

namespace tusk::tables {
namespace {

constexpr std::size_t magic_bytes = 4;

std::optional<ElementType> idx_type(std::byte code) {
  switch (std::to_integer<unsigned>(code)) {
    case 0x08:
      return ElementType::u8;
    case 0x09:
      return ElementType::i8;
    case 0x0B:
      return ElementType::i16;
    case 0x0C:
      return ElementType::i32;
    case 0x0D:
      return ElementType::f32;
    case 0x0E:
      return ElementType::f64;
    default:
      return std::nullopt;
  }
}

}  // namespace

bool is_idx(std::span<const std::byte> first_bytes) {
  return first_bytes.size() >= magic_bytes && first_bytes[0] == std::byte{0} &&
         first_bytes[1] == std::byte{0} && idx_type(first_bytes[2]).has_value();
}

ArrayHeader read_idx_header(InputFile& file) {
  std::array<std::byte, magic_bytes> magic;
  file.read_exactly(magic);
  if (!is_idx(magic)) fail(ExitCode::bad_data, "{} is no IDX file", file.path());

  ArrayHeader header;
  header.number = {*idx_type(magic[2]), false, true};
  header.extents.resize(std::to_integer<std::size_t>(magic[3]));
  header.bytes = magic_bytes + 4 * header.extents.size();
  if (header.extents.empty()) {
    fail(ExitCode::bad_data, "{}: its IDX header declares no dimensions", file.path());
  }
  for (std::uint64_t& extent : header.extents) {
    std::array<std::byte, 4> bytes;
    file.read_exactly(bytes);
    for (const std::byte byte : bytes) extent = extent << 8 | std::to_integer<std::uint64_t>(byte);
  }
  return header;
}

}  // namespace tusk::tables
