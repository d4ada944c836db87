// SPDX-License-Identifier: Apache-2.0
#include "exchange/center/compression.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <set>
#include <vector>

#include "tusk/random.hpp"

using namespace tusk;
using namespace tusk::center;

namespace {

constexpr CompressionOptions bf16{.kind = CompressionKind::bf16};
constexpr CompressionOptions topk{.kind = CompressionKind::topk, .topk_fraction = 0.1};

std::vector<float> noise(std::size_t size, std::uint32_t index) {
  Random random(3, Stream::shuffle, index);
  std::vector<float> values(size);
  for (float& value : values) value = static_cast<float>(random.normal());
  return values;
}

std::vector<float> round_trip(const CompressionOptions& options, Compressor& compressor,
                              const std::vector<float>& delta) {
  std::vector<float> out(delta.size(), 99.0F);
  const auto bytes = compressor.compress(delta);
  CHECK(bytes.size() == compressed_bytes(options, delta.size()));
  decompress(options, bytes, out);
  return out;
}

}  // namespace

TEST_CASE("bf16 is the nearest number with 8 bits, ties to even, in half the bytes") {
  CHECK(compressed_bytes(bf16, 1000) == 2000);
  const std::vector<float> delta{
      1.0F, -2.5F, 1.0F + 0x1p-8F, 1.0F + 3 * 0x1p-8F, 1.0F + 0x1p-9F, -0x1.fffffep-20F, 0.0F};
  const std::vector<float> nearest{1.0F, -2.5F, 1.0F, 1.0F + 4 * 0x1p-8F, 1.0F, -0x1p-19F, 0.0F};
  Compressor compressor(bf16, delta.size());
  CHECK(round_trip(bf16, compressor, delta) == nearest);
}

TEST_CASE("topk sends the largest numbers as they are, and no others") {
  const std::vector<float> delta = noise(1003, 0);
  CHECK(compressed_bytes(topk, delta.size()) == 100 * 8);
  Compressor compressor(topk, delta.size());
  const std::vector<float> sent = round_trip(topk, compressor, delta);
  float smallest_sent = INFINITY, largest_kept = 0.0F;
  std::size_t count = 0;
  for (std::size_t i = 0; i < delta.size(); ++i) {
    if (sent[i] != 0.0F) {
      CHECK(sent[i] == delta[i]);
      smallest_sent = std::min(smallest_sent, std::abs(delta[i]));
      ++count;
    } else {
      largest_kept = std::max(largest_kept, std::abs(delta[i]));
    }
  }
  CHECK(count == 100);
  CHECK(smallest_sent >= largest_kept * (1.0F - 0x1p-8F));  // by their upper 16 bits
}

TEST_CASE("topk of equal numbers sends the first") {
  const std::vector<float> delta(20, -3.0F);
  Compressor compressor(topk, delta.size());
  std::vector<float> expected(20, 0.0F);
  expected[0] = expected[1] = -3.0F;
  CHECK(round_trip(topk, compressor, delta) == expected);
  const std::vector<float> nothing(20, 0.0F);  // the rest follows, two by two
  expected.assign(20, 0.0F);
  expected[2] = expected[3] = -3.0F;
  CHECK(round_trip(topk, compressor, nothing) == expected);
}

TEST_CASE("nothing is lost: what is sent and what remains is what was committed") {
  constexpr std::size_t size = 777;
  for (const CompressionOptions& options : {bf16, topk}) {
    Compressor compressor(options, size);
    std::vector<double> committed(size, 0.0), sent(size, 0.0);
    for (std::uint32_t commit = 0; commit < 30; ++commit) {
      const std::vector<float> delta = noise(size, commit);
      const std::vector<float> out = round_trip(options, compressor, delta);
      for (std::size_t i = 0; i < size; ++i) {
        committed[i] += delta[i];
        sent[i] += out[i];
      }
    }
    const std::vector<float> nothing(size, 0.0F);
    for (int flush = 0; flush < 12; ++flush) {
      const std::vector<float> out = round_trip(options, compressor, nothing);
      for (std::size_t i = 0; i < size; ++i) sent[i] += out[i];
    }
    for (std::size_t i = 0; i < size; ++i)
      CHECK(sent[i] == doctest::Approx(committed[i]).epsilon(1e-4));
  }
}

TEST_CASE("the smallest centers and an index out of range") {
  Compressor compressor(topk, 1);
  CHECK(round_trip(topk, compressor, {5.0F}) == std::vector<float>{5.0F});
  std::vector<std::byte> bytes(compressed_bytes(topk, 10), std::byte{0xFF});
  std::vector<float> out(10);
  CHECK_THROWS_WITH(decompress(topk, bytes, out),
                    "a compressed commit names element 4294967295 of 10");
}
