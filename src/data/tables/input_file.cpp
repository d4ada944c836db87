// SPDX-License-Identifier: Apache-2.0
#include "data/tables/input_file.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <string_view>

#include "data/tables/decoder.hpp"
#include "tusk/error.hpp"

namespace tusk::tables {
namespace {

constexpr std::size_t buffer_bytes = std::size_t{256} << 10;
constexpr std::string_view gzip_magic = "\x1F\x8B";
constexpr std::string_view xz_magic(
    "\xFD"
    "7zXZ\0",
    6);

void check_readable(const std::string& path) {
  std::error_code error;
  const auto status = std::filesystem::status(path, error);
  if (!std::filesystem::exists(status)) fail(ExitCode::no_input, "{} does not exist", path);
  if (!std::filesystem::is_regular_file(status)) {
    fail(ExitCode::no_input, "{} is not a regular file; it is read twice, so a pipe will not do",
         path);
  }
}

}  // namespace

std::unique_ptr<Decoder> make_decoder(std::span<const std::byte> first_bytes,
                                      const std::string& path) {
  const std::string_view start(reinterpret_cast<const char*>(first_bytes.data()),
                               std::min(first_bytes.size(), xz_magic.size()));
  if (start.starts_with(gzip_magic)) return make_gzip_decoder(path);
  // What is cut off within the signature is truncated xz, not CSV.
  if (start.size() >= 2 && xz_magic.starts_with(start)) return make_xz_decoder(path);
  return nullptr;
}

void InputFile::Close::operator()(std::FILE* file) const { std::fclose(file); }

InputFile::InputFile(const std::string& path) : path_(path) {
  check_readable(path);
  file_.reset(std::fopen(path.c_str(), "rbe"));
  if (!file_) fail(ExitCode::no_input, "cannot open {}: {}", path, std::strerror(errno));
  start();
  std::error_code error;
  max_bytes_ = std::filesystem::file_size(path, error) * (decoder_ ? decoder_->largest_ratio() : 1);
  if (error) fail(ExitCode::no_input, "cannot open {}: {}", path, error.message());
}

InputFile::~InputFile() = default;

void InputFile::start() {
  std::array<std::byte, xz_magic.size()> first_bytes;
  decoder_ = make_decoder(std::span(first_bytes).first(read_packed(first_bytes)), path_);
  seek_packed(0);
  if (decoder_) packed_.resize(buffer_bytes);
  rest_ = {};
  packed_ended_ = false;
  position_ = 0;
}

void InputFile::seek(std::uint64_t offset) {
  if (offset == position_) return;
  if (!decoder_) {
    ahead_.reset();
    seek_packed(offset);
    position_ = offset;
    return;
  }
  if (offset < position_) {
    ahead_.reset();
    seek_packed(0);
    start();
  }
  std::vector<std::byte> skipped(std::min<std::uint64_t>(offset - position_, buffer_bytes));
  while (position_ < offset) {
    const auto count = std::min<std::uint64_t>(offset - position_, skipped.size());
    if (read(std::span(skipped).first(count)) < count) return;
  }
}

void InputFile::seek_packed(std::uint64_t offset) {
  if (::fseeko(file_.get(), static_cast<off_t>(offset), SEEK_SET) != 0) {
    fail(ExitCode::io_error, "cannot read {}: {}", path_, std::strerror(errno));
  }
}

std::size_t InputFile::read_packed(std::span<std::byte> out) {
  const std::size_t got = std::fread(out.data(), 1, out.size(), file_.get());
  if (std::ferror(file_.get()) != 0) {
    fail(ExitCode::io_error, "cannot read {}: {}", path_, std::strerror(errno));
  }
  return got;
}

std::size_t InputFile::read_unpacked(std::span<std::byte> out) {
  if (!decoder_) return read_packed(out);
  auto open = out;  // what is still to be filled
  while (!open.empty() && !decoder_->finished()) {
    if (rest_.empty() && !packed_ended_) {
      rest_ = std::span(packed_).first(read_packed(packed_));
      packed_ended_ = rest_.size() < packed_.size();
    }
    decoder_->decode(rest_, packed_ended_, open);
  }
  return out.size() - open.size();
}

std::size_t InputFile::read(std::span<std::byte> out) {
  if (out.empty()) return 0;
  const std::size_t known = ahead_ ? 1 : 0;
  if (ahead_) out.front() = *ahead_;
  ahead_.reset();
  const std::size_t got = known + read_unpacked(out.subspan(known));
  position_ += got;
  return got;
}

void InputFile::read_exactly(std::span<std::byte> out) {
  if (read(out) < out.size()) fail(ExitCode::bad_data, "{} is truncated", path_);
}

bool InputFile::at_end() {
  if (ahead_) return false;
  std::byte next{};
  if (read_unpacked(std::span(&next, 1)) == 0) return true;
  ahead_ = next;
  return false;
}

}  // namespace tusk::tables
