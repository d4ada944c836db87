// SPDX-License-Identifier: Apache-2.0
#include "data/tables/input_format.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <span>
#include <string_view>

#include "data/tables/idx_header.hpp"
#include "data/tables/input_file.hpp"
#include "data/tables/libsvm_line.hpp"
#include "data/tables/npy_header.hpp"
#include "tusk/error.hpp"

namespace tusk::tables {
namespace {

using namespace std::string_view_literals;

constexpr std::size_t looked_at = 4096;

// Files that users try, which other tools unpack or which need no conversion.
struct Stranger {
  std::string_view signature;
  std::string_view message;
};
constexpr std::array strangers{
    Stranger{"\x89HDF\r\n\x1A\n"sv, "is HDF5 already; 'tusk inspect' shows what it holds"},
    Stranger{"BZh"sv, "is compressed with bzip2; unpack it first (bunzip2 -k)"},
    Stranger{"\x28\xB5\x2F\xFD"sv, "is compressed with zstd; unpack it first (zstd -d)"},
    Stranger{"\xFF\xFE"sv, "is UTF-16; make it UTF-8 first (iconv -f UTF-16 -t UTF-8)"},
    Stranger{"\xFE\xFF"sv, "is UTF-16; make it UTF-8 first (iconv -f UTF-16 -t UTF-8)"},
    Stranger{"PK\x03\x04"sv, "is a ZIP archive (.npz, .xlsx, …); unpack it first (unzip)"},
};

// The format that a file of text says it has by its name, "a.svm.gz" for example.
std::optional<InputFormat> format_by_name(const std::string& name) {
  std::string lower = name;
  std::ranges::transform(lower, lower.begin(),
                         [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  std::filesystem::path path = lower;
  if (path.extension() == ".gz" || path.extension() == ".xz") path.replace_extension();
  const std::string extension = path.extension();
  constexpr std::array libsvm{".libsvm"sv, ".svm"sv, ".svmlight"sv};
  if (std::ranges::find(libsvm, extension) != libsvm.end()) return InputFormat::libsvm;
  if (extension == ".csv" || extension == ".tsv") return InputFormat::csv;
  return std::nullopt;
}

InputFormat format_of_text(Likeness to_libsvm, const std::string& path, bool expect_csv) {
  if (to_libsvm == Likeness::certain) return InputFormat::libsvm;
  if (const auto named = format_by_name(path)) return *named;
  return to_libsvm == Likeness::some && !expect_csv ? InputFormat::libsvm : InputFormat::csv;
}

// Records have no signature: the name and the size must do.
std::optional<InputFormat> cifar_by_size(const std::string& path) {
  constexpr std::uint64_t record = 3073;
  constexpr std::uint64_t record_of_100 = 3074;
  if (!path.ends_with(".bin")) return std::nullopt;
  std::error_code error;
  const std::uint64_t bytes = std::filesystem::file_size(path, error);
  const bool is_10 = bytes % record == 0;
  const bool is_100 = bytes % record_of_100 == 0;
  if (error || is_10 == is_100) return std::nullopt;
  return is_10 ? InputFormat::cifar10 : InputFormat::cifar100;
}

}  // namespace

std::string_view name_of(InputFormat format) {
  constexpr std::array<std::string_view, 6> names{"IDX",    "NPY",      "CSV",
                                                  "libsvm", "CIFAR-10", "CIFAR-100"};
  return names[static_cast<std::size_t>(format)];
}

InputFormat recognise_format(const std::string& path, bool expect_csv) {
  std::error_code error;
  if (std::filesystem::is_directory(path, error)) return InputFormat::npy;
  InputFile file(path);
  std::array<std::byte, looked_at> buffer;
  const auto bytes = std::span(buffer).first(file.read(buffer));
  const std::string_view text(reinterpret_cast<const char*>(bytes.data()), bytes.size());
  if (text.empty()) fail(ExitCode::bad_data, "{} is empty", path);
  if (const auto cifar = cifar_by_size(path)) return *cifar;
  if (is_idx(bytes)) return InputFormat::idx;
  if (is_npy(bytes)) return InputFormat::npy;
  for (const auto& [signature, message] : strangers) {
    if (text.starts_with(signature)) fail(ExitCode::bad_data, "{} {}", path, message);
  }
  if (text.find('\0') != std::string_view::npos) {
    fail(ExitCode::bad_data, "{} is neither IDX nor NPY nor text (CSV, libsvm)", path);
  }
  return format_of_text(likeness_to_libsvm(text, file.at_end()), path, expect_csv);
}

}  // namespace tusk::tables
