// SPDX-License-Identifier: Apache-2.0
#include <lzma.h>

#include <new>

#include "core/units.hpp"
#include "data/tables/decoder.hpp"
#include "tusk/error.hpp"

namespace tusk::tables {
namespace {

constexpr std::uint64_t memory_limit = std::uint64_t{128} << 20;

class XzDecoder : public Decoder {
 public:
  explicit XzDecoder(std::string path) : path_(std::move(path)) {
    if (lzma_stream_decoder(&stream_, memory_limit,
                            LZMA_CONCATENATED | LZMA_TELL_UNSUPPORTED_CHECK) != LZMA_OK) {
      throw std::bad_alloc();
    }
  }
  ~XzDecoder() override { lzma_end(&stream_); }
  XzDecoder(const XzDecoder&) = delete;
  XzDecoder& operator=(const XzDecoder&) = delete;

  void decode(std::span<const std::byte>& in, bool ended, std::span<std::byte>& out) override {
    stream_.next_in = reinterpret_cast<const std::uint8_t*>(in.data());
    stream_.avail_in = in.size();
    stream_.next_out = reinterpret_cast<std::uint8_t*>(out.data());
    stream_.avail_out = out.size();
    const lzma_ret code = lzma_code(&stream_, ended ? LZMA_FINISH : LZMA_RUN);
    in = in.last(stream_.avail_in);
    out = out.last(stream_.avail_out);
    finished_ = code == LZMA_STREAM_END;
    if (code != LZMA_OK && code != LZMA_STREAM_END) explain(code);
  }

  bool finished() const override { return finished_; }

  // A repeated match gives 273 bytes for 14 binary decisions, each of which takes at least
  // log2(2048 / 2017) bits: 7,090.
  std::uint64_t largest_ratio() const override { return 8192; }

 private:
  [[noreturn]] void explain(lzma_ret code) const {
    switch (code) {
      case LZMA_MEM_ERROR:
        throw std::bad_alloc();
      case LZMA_BUF_ERROR:
        fail(ExitCode::bad_data, "{} is truncated: its compressed data ends early", path_);
      case LZMA_MEMLIMIT_ERROR:
        fail(ExitCode::bad_data,
             "{} takes {} of memory to decompress; {} are the limit: unpack it first (xz -dk)",
             path_, format_bytes(lzma_memusage(&stream_)), format_bytes(memory_limit));
      case LZMA_OPTIONS_ERROR:
      case LZMA_UNSUPPORTED_CHECK:
        fail(ExitCode::bad_data,
             "{} uses features of xz that are unknown here: unpack it first "
             "(xz -dk)",
             path_);
      default:
        fail(ExitCode::bad_data, "{}: its compressed data is damaged", path_);
    }
  }

  std::string path_;
  lzma_stream stream_ = LZMA_STREAM_INIT;
  bool finished_ = false;
};

}  // namespace

std::unique_ptr<Decoder> make_xz_decoder(const std::string& path) {
  return std::make_unique<XzDecoder>(path);
}

}  // namespace tusk::tables
