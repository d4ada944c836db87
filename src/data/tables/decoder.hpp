// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>

namespace tusk::tables {

// Decompresses one format piece by piece. InputFile is the only caller.
class Decoder {
 public:
  virtual ~Decoder() = default;

  // Takes bytes from the front of `in` and fills the front of `out`, each of which then begins
  // behind them, as far as one of them lasts. `ended`: nothing follows `in`. Throws
  // Error(bad_data).
  virtual void decode(std::span<const std::byte>& in, bool ended, std::span<std::byte>& out) = 0;

  // All has been decoded: `in` has ended where compressed data may end.
  virtual bool finished() const = 0;

  // How many bytes one compressed byte can become at most.
  virtual std::uint64_t largest_ratio() const = 0;
};

// The decoder for a file that begins with these bytes; none if it is not compressed. `path` is for
// messages.
std::unique_ptr<Decoder> make_decoder(std::span<const std::byte> first_bytes,
                                      const std::string& path);

std::unique_ptr<Decoder> make_gzip_decoder(const std::string& path);
std::unique_ptr<Decoder> make_xz_decoder(const std::string& path);

}  // namespace tusk::tables
