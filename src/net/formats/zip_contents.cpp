// SPDX-License-Identifier: Apache-2.0
#include "net/formats/zip_contents.hpp"

#include <algorithm>

namespace tusk::formats {

bool Inflation::add(std::span<std::byte> input, std::span<std::byte> output) {
  stream_.next_in = reinterpret_cast<Bytef*>(input.data());
  stream_.avail_in = static_cast<uInt>(input.size());
  while (works_ && stream_.avail_in > 0) {
    constexpr std::size_t most = std::size_t{1} << 30;
    const std::size_t room = std::min(output.size() - made_, most);
    stream_.next_out = reinterpret_cast<Bytef*>(output.data() + made_);
    stream_.avail_out = static_cast<uInt>(room);
    const int result = inflate(&stream_, Z_NO_FLUSH);
    const std::size_t more = room - stream_.avail_out;
    made_ += more;
    ended_ = result == Z_STREAM_END;
    if (ended_) return stream_.avail_in == 0;
    if (result != Z_OK) works_ = false;
  }
  return works_;
}

}  // namespace tusk::formats
