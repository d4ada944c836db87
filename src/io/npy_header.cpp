// SPDX-License-Identifier: Apache-2.0
#include "tusk/io/npy_header.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "tusk/core/error.hpp"
#include "tusk/io/input_file.hpp"

namespace tusk::io {
namespace {

constexpr std::string_view magic = "\x93NUMPY";
constexpr std::size_t longest_header =
    std::size_t{64} * 1024;  // numpy itself refuses to read above 10,000

// The header's dictionary, read from left to right. Nothing but what numpy writes is understood.
class Dictionary {
 public:
  Dictionary(std::string_view text, const std::string& path) : rest_(text), path_(path) {}

  bool skip(char c) {
    skip_spaces();
    if (!rest_.starts_with(c)) return false;
    rest_.remove_prefix(1);
    return true;
  }

  void expect(char c) {
    if (!skip(c)) malformed();
  }

  std::string_view text() {
    expect('\'');
    const std::size_t length = rest_.find('\'');
    if (length == std::string_view::npos) malformed();
    const std::string_view value = rest_.substr(0, length);
    rest_.remove_prefix(length + 1);
    return value;
  }

  bool boolean() {
    skip_spaces();
    for (const auto& [word, value] : {std::pair("True", true), std::pair("False", false)}) {
      if (rest_.starts_with(word)) {
        rest_.remove_prefix(std::string_view(word).size());
        return value;
      }
    }
    malformed();
  }

  std::vector<std::uint64_t> tuple() {
    std::vector<std::uint64_t> values;
    expect('(');
    while (!skip(')')) {
      const auto [end, error] =
          std::from_chars(rest_.data(), rest_.data() + rest_.size(), values.emplace_back());
      if (error != std::errc()) malformed();
      rest_.remove_prefix(static_cast<std::size_t>(end - rest_.data()));
      if (!skip(',') && !rest_.starts_with(')')) malformed();
    }
    return values;
  }

  bool at_end() {
    skip_spaces();
    return rest_.empty();
  }

  [[noreturn]] void malformed() const {
    fail(ExitCode::bad_data, "{}: its NPY header is malformed", path_);
  }

 private:
  void skip_spaces() {
    rest_.remove_prefix(std::min(rest_.find_first_not_of(" \n"), rest_.size()));
  }

  std::string_view rest_;
  const std::string& path_;
};

// "<f4": byte order, kind, bytes.
std::optional<ElementType> npy_type(std::string_view kind_and_size) {
  constexpr std::array<std::pair<std::string_view, ElementType>, 11> types{{
      {"b1", ElementType::u8},
      {"u1", ElementType::u8},
      {"i1", ElementType::i8},
      {"u2", ElementType::u16},
      {"i2", ElementType::i16},
      {"u4", ElementType::u32},
      {"i4", ElementType::i32},
      {"u8", ElementType::u64},
      {"i8", ElementType::i64},
      {"f4", ElementType::f32},
      {"f8", ElementType::f64},
  }};
  for (const auto& [name, type] : types) {
    if (name == kind_and_size) return type;
  }
  return std::nullopt;
}

ArrayHeader parse(std::string_view text, const std::string& path) {
  ArrayHeader header;
  std::optional<std::string_view> descr;
  std::optional<bool> fortran_order;
  bool has_shape = false;
  Dictionary dictionary(text, path);
  dictionary.expect('{');
  while (!dictionary.skip('}')) {
    const std::string_view key = dictionary.text();
    dictionary.expect(':');
    if (key == "descr") {
      if (dictionary.skip('[')) {
        fail(ExitCode::bad_data, "{}: structured arrays are not read; save a plain array", path);
      }
      descr = dictionary.text();
    } else if (key == "fortran_order") {
      fortran_order = dictionary.boolean();
    } else if (key == "shape") {
      header.extents = dictionary.tuple();
      has_shape = true;
    } else {
      dictionary.malformed();
    }
    dictionary.skip(',');
  }
  if (!descr || !fortran_order || !has_shape || !dictionary.at_end()) dictionary.malformed();

  const auto type = npy_type(descr->substr(std::min<std::size_t>(1, descr->size())));
  if (!type || std::string_view("<>|").find(descr->front()) == std::string_view::npos) {
    fail(ExitCode::bad_data,
         "{} holds elements of type '{}'; integers of 8 to 64 bits, float32 and float64 are read "
         "(in NumPy: a.astype('float32'))",
         path, *descr);
  }
  header.type = *type;
  header.big_endian = descr->front() == '>';
  if (header.extents.empty()) fail(ExitCode::bad_data, "{} holds a single number, no array", path);
  if (*fortran_order && header.extents.size() > 1) {
    fail(ExitCode::bad_data,
         "{} is in Fortran order; save it in C order (in NumPy: numpy.ascontiguousarray)", path);
  }
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
  return header;
}

}  // namespace tusk::io
