// SPDX-License-Identifier: Apache-2.0
#include <zlib.h>

#include <algorithm>
#include <limits>
#include <new>

#include "data/tables/decoder.hpp"
#include "tusk/error.hpp"

namespace tusk::tables {
namespace {

constexpr int any_window_of_gzip = 15 + 16;  // as inflateInit2 wants it said

uInt clamped(std::size_t size) {
  return static_cast<uInt>(std::min<std::size_t>(size, std::numeric_limits<uInt>::max()));
}

class GzipDecoder : public Decoder {
 public:
  explicit GzipDecoder(std::string path) : path_(std::move(path)) {
    if (inflateInit2(&stream_, any_window_of_gzip) != Z_OK) throw std::bad_alloc();
  }
  ~GzipDecoder() override { inflateEnd(&stream_); }
  GzipDecoder(const GzipDecoder&) = delete;
  GzipDecoder& operator=(const GzipDecoder&) = delete;

  void decode(std::span<const std::byte>& in, bool ended, std::span<std::byte>& out) override {
    if (between_members_) {
      while (!in.empty() && in.front() == std::byte{0}) in = in.subspan(1);  // tapes pad with zeros
      if (in.empty()) {
        finished_ = ended;
        return;
      }
      inflateReset(&stream_);
      between_members_ = false;
    }
    inflate_some(in, ended, out);
  }

  bool finished() const override { return finished_; }
  std::uint64_t largest_ratio() const override { return 1032; }  // zlib's technical notes

 private:
  void inflate_some(std::span<const std::byte>& in, bool ended, std::span<std::byte>& out) {
    stream_.next_in = const_cast<Bytef*>(reinterpret_cast<const Bytef*>(in.data()));
    stream_.avail_in = clamped(in.size());
    stream_.next_out = reinterpret_cast<Bytef*>(out.data());
    stream_.avail_out = clamped(out.size());
    const int code = inflate(&stream_, Z_NO_FLUSH);
    in = in.subspan(
        static_cast<std::size_t>(reinterpret_cast<const std::byte*>(stream_.next_in) - in.data()));
    out = out.subspan(
        static_cast<std::size_t>(reinterpret_cast<std::byte*>(stream_.next_out) - out.data()));
    if (code == Z_STREAM_END) {
      between_members_ = true;
    } else if (code == Z_MEM_ERROR) {
      throw std::bad_alloc();
    } else if (code != Z_OK && code != Z_BUF_ERROR) {
      fail(ExitCode::bad_data, "{}: its compressed data is damaged ({})", path_,
           stream_.msg == nullptr ? "no gzip" : stream_.msg);
    } else if (in.empty() && ended && !out.empty()) {
      fail(ExitCode::bad_data, "{} is truncated: its compressed data ends early", path_);
    }
  }

  std::string path_;
  z_stream stream_{};
  bool between_members_ = false;
  bool finished_ = false;
};

}  // namespace

std::unique_ptr<Decoder> make_gzip_decoder(const std::string& path) {
  return std::make_unique<GzipDecoder>(path);
}

}  // namespace tusk::tables
