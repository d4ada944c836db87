// SPDX-License-Identifier: Apache-2.0
#include "tusk/io/gzip_file.hpp"

#include <zlib.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <filesystem>

#include "tusk/core/error.hpp"

namespace tusk::io {
namespace {

constexpr unsigned buffer_bytes = 256 * 1024;
constexpr std::size_t largest_read = std::size_t{1} << 30;  // gzread counts in unsigned int
constexpr std::uint64_t deflate_limit = 1032;               // bytes out per byte in

// Throws if the last call on `file` failed. A file that ends too early is no failure for zlib until
// one asks.
void check(gzFile file, const std::string& path) {
  int code = Z_OK;
  const char* text = gzerror(file, &code);
  switch (code) {
    case Z_OK:
    case Z_STREAM_END:
      return;
    case Z_BUF_ERROR:
      fail(ExitCode::bad_data, "{} is truncated: its compressed data ends early", path);
    case Z_ERRNO:
      fail(ExitCode::io_error, "cannot read {}: {}", path, std::strerror(errno));
    default:
      fail(ExitCode::bad_data, "{}: its compressed data is damaged ({})", path, text);
  }
}

}  // namespace

GzipFile::GzipFile(const std::string& path) : path_(path) {
  std::error_code error;
  const auto status = std::filesystem::status(path, error);
  if (!std::filesystem::exists(status)) fail(ExitCode::no_input, "{} does not exist", path);
  if (!std::filesystem::is_regular_file(status)) {
    fail(ExitCode::no_input, "{} is not a regular file; it is read twice, so a pipe will not do",
         path);
  }
  file_ = gzopen(path.c_str(), "rb");
  if (file_ == nullptr) fail(ExitCode::no_input, "cannot open {}: {}", path, std::strerror(errno));
  gzbuffer(file_, buffer_bytes);
  max_bytes_ = std::filesystem::file_size(path, error);
  compressed_ = gzdirect(file_) == 0;
  if (compressed_) max_bytes_ *= deflate_limit;
}

GzipFile::~GzipFile() { gzclose_r(file_); }

std::size_t GzipFile::read(std::span<std::byte> out) {
  std::size_t done = 0;
  while (done < out.size()) {
    const std::size_t count = std::min(out.size() - done, largest_read);
    const int got = gzread(file_, out.data() + done, static_cast<unsigned>(count));
    if (got > 0) done += static_cast<std::size_t>(got);
    if (got < static_cast<int>(count)) {
      check(file_, path_);
      break;
    }
  }
  return done;
}

void GzipFile::read_exactly(std::span<std::byte> out) {
  if (read(out) < out.size()) fail(ExitCode::bad_data, "{} is truncated", path_);
}

bool GzipFile::at_end() {
  const int byte = gzgetc(file_);
  if (byte >= 0) return gzungetc(byte, file_) < 0;
  check(file_, path_);
  return true;
}

void GzipFile::rewind() {
  if (gzrewind(file_) != 0) check(file_, path_);
}

}  // namespace tusk::io
