// SPDX-License-Identifier: Apache-2.0
#include "tusk/random.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <numeric>
#include <set>

using namespace tusk;

TEST_CASE("random numbers are a function of seed, stream, index and step") {
  Random a(7, Stream::dropout, 3, 11);
  Random b(7, Stream::dropout, 3, 11);
  for (int i = 0; i < 100; ++i) CHECK(a.next_u64() == b.next_u64());
  std::set<std::uint64_t> firsts;
  for (const std::uint64_t seed : {0ULL, 1ULL, 1ULL << 40}) {
    for (const Stream stream : {Stream::shuffle, Stream::dropout}) {
      for (const std::uint32_t index : {0U, 1U}) {
        for (const std::uint64_t step : {0ULL, 1ULL, 1ULL << 33}) {
          firsts.insert(Random(seed, stream, index, step).next_u64());
        }
      }
    }
  }
  CHECK(firsts.size() == 3 * 2 * 2 * 3);
}

TEST_CASE("blocks are random access into the same sequence") {
  Random random(1, Stream::dropout);
  const auto block = random.block(1);
  for (int i = 0; i < 4; ++i) random.next_u32();
  for (int i = 0; i < 4; ++i) CHECK(random.next_u32() == block[static_cast<std::size_t>(i)]);
}

TEST_CASE("many blocks at once are the same blocks") {
  const Random random(1, Stream::dropout, 2, 3);
  for (const std::uint32_t first : {0U, 5U, 0xFFFFFFF1U}) {  // the last go on at 0
    std::vector<std::uint32_t> words(4 * 37);
    random.blocks(first, words);
    for (std::uint32_t i = 0; i < 37; ++i) {
      const auto block = random.block(first + i);
      for (std::size_t word = 0; word < 4; ++word) CHECK(words[4 * i + word] == block[word]);
    }
  }
}

TEST_CASE("Philox 4x32-10 gives the published known answer for zeros") {
  // Random123's kat_vectors, philox4x32 10 rounds, counter 0, key 0. Stream 0 leaves the key as it
  // is.
  Random random(0, static_cast<Stream>(0));
  CHECK(random.next_u32() == 0x6627e8d5U);
  CHECK(random.next_u32() == 0xe169c58dU);
  CHECK(random.next_u32() == 0xbc57ac4cU);
  CHECK(random.next_u32() == 0x9b00dbd8U);
}

TEST_CASE("moments of the distributions") {
  Random random(42, Stream::initial_weights);
  constexpr int count = 200000;
  double uniform_sum = 0, normal_sum = 0, normal_square = 0, truncated_max = 0;
  for (int i = 0; i < count; ++i) {
    uniform_sum += random.uniform();
    const double normal = random.normal();
    normal_sum += normal;
    normal_square += normal * normal;
    truncated_max = std::max(truncated_max, std::abs(random.truncated_normal()));
  }
  CHECK(uniform_sum / count == doctest::Approx(0.5).epsilon(0.01));
  CHECK(std::abs(normal_sum / count) < 0.01);
  CHECK(normal_square / count == doctest::Approx(1.0).epsilon(0.02));
  CHECK(truncated_max <= 2.0);
  CHECK(truncated_max > 1.99);
}

TEST_CASE("a shuffle is a permutation in which every place is equally likely") {
  std::vector<int> first_place(5);
  for (std::uint64_t epoch = 0; epoch < 20000; ++epoch) {
    std::vector<std::uint32_t> order(5);
    std::iota(order.begin(), order.end(), 0U);
    Random random(9, Stream::shuffle, 0, epoch);
    shuffle(order, random);
    ++first_place[order[0]];
    std::sort(order.begin(), order.end());
    for (std::uint32_t i = 0; i < 5; ++i) REQUIRE(order[i] == i);
  }
  for (const int count : first_place) CHECK(std::abs(count - 4000) < 300);
}
