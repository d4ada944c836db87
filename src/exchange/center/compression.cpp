// SPDX-License-Identifier: Apache-2.0
#include "exchange/center/compression.hpp"

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstring>

#include "tusk/error.hpp"

namespace tusk::center {
namespace {

constexpr std::size_t magnitudes = std::size_t{1} << 16;

// The upper 16 bits of |value|, which order as the magnitudes do.
std::uint32_t magnitude(float value) {
  return (std::bit_cast<std::uint32_t>(value) & 0x7FFFFFFFU) >> 15;
}

std::uint32_t rounded_to_bf16(float value) {
  const auto bits = std::bit_cast<std::uint32_t>(value);
  return (bits + 0x7FFFU + (bits >> 16 & 1U)) >> 16;
}

std::size_t kept(const CompressionOptions& options, std::size_t size) {
  const double wanted = std::round(options.topk_fraction * static_cast<double>(size));
  return std::clamp<std::size_t>(static_cast<std::size_t>(wanted), 1,
                                 std::max<std::size_t>(size, 1));
}

template <typename T>
void put(std::byte* to, std::size_t index, T value) {
  std::memcpy(to + index * sizeof(T), &value, sizeof(T));
}

template <typename T>
T get(const std::byte* from, std::size_t index) {
  T value;
  std::memcpy(&value, from + index * sizeof(T), sizeof(T));
  return value;
}

}  // namespace

std::size_t compressed_bytes(const CompressionOptions& options, std::size_t size) {
  if (options.kind == CompressionKind::bf16) return size * sizeof(std::uint16_t);
  return kept(options, size) * (sizeof(std::uint32_t) + sizeof(float));
}

Compressor::Compressor(const CompressionOptions& options, std::size_t size)
    : options_(options),
      remainder_(size, 0.0F),
      counts_(options.kind == CompressionKind::topk ? magnitudes : 0),
      bytes_(compressed_bytes(options, size)) {}

std::span<const std::byte> Compressor::compress(std::span<const float> delta) {
  for (std::size_t i = 0; i < delta.size(); ++i) remainder_[i] += delta[i];
  if (options_.kind == CompressionKind::bf16) {
    round_to_bf16();
  } else {
    pick_largest();
  }
  return bytes_;
}

void Compressor::round_to_bf16() {
  for (std::size_t i = 0; i < remainder_.size(); ++i) {
    const std::uint32_t bits = rounded_to_bf16(remainder_[i]);
    put(bytes_.data(), i, static_cast<std::uint16_t>(bits));
    remainder_[i] -= std::bit_cast<float>(bits << 16);
  }
}

// Finds the largest by counting how often each magnitude occurs: two passes, whatever the fraction.
void Compressor::pick_largest() {
  const std::size_t wanted = kept(options_, remainder_.size());
  std::ranges::fill(counts_, 0U);
  for (const float value : remainder_) ++counts_[magnitude(value)];
  std::size_t border = magnitudes;  // all above it are taken, and of those at it what is left
  std::size_t above = 0;
  while (above + counts_[border - 1] < wanted) above += counts_[--border];
  --border;
  std::size_t at_border = wanted - above;

  std::byte* const values = bytes_.data() + wanted * sizeof(std::uint32_t);
  std::size_t taken = 0;
  for (std::size_t i = 0; taken < wanted; ++i) {
    const std::uint32_t size = magnitude(remainder_[i]);
    if (size < border || (size == border && at_border == 0)) continue;
    if (size == border) --at_border;
    put(bytes_.data(), taken, static_cast<std::uint32_t>(i));
    put(values, taken++, remainder_[i]);
    remainder_[i] = 0.0F;
  }
}

void decompress(const CompressionOptions& options, std::span<const std::byte> bytes,
                std::span<float> out) {
  if (options.kind == CompressionKind::bf16) {
    for (std::size_t i = 0; i < out.size(); ++i) {
      const std::uint32_t bits = get<std::uint16_t>(bytes.data(), i);
      out[i] = std::bit_cast<float>(bits << 16);
    }
    return;
  }
  std::ranges::fill(out, 0.0F);
  const std::size_t count = kept(options, out.size());
  const std::byte* const values = bytes.data() + count * sizeof(std::uint32_t);
  for (std::size_t i = 0; i < count; ++i) {
    const auto index = get<std::uint32_t>(bytes.data(), i);
    if (index >= out.size()) {
      fail(ExitCode::internal, "a compressed commit names element {} of {}", index, out.size());
    }
    out[index] = get<float>(values, i);
  }
}

}  // namespace tusk::center
