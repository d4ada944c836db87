// SPDX-License-Identifier: Apache-2.0
#include "data/convert/permutation.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <numeric>
#include <vector>

namespace tusk::convert {
namespace {

std::vector<std::uint64_t> values(std::uint64_t count, std::uint64_t seed,
                                  std::uint32_t index = 0) {
  const Permutation permutation(count, seed, Stream::file_shuffle, index);
  std::vector<std::uint64_t> all(count);
  for (std::uint64_t i = 0; i < count; ++i) all[i] = permutation(i);
  return all;
}

// Chi-square of counts against equal ones.
double chi_square(const std::vector<std::uint64_t>& counts) {
  const double total = std::accumulate(counts.begin(), counts.end(), 0.0);
  const double expected = total / static_cast<double>(counts.size());
  double sum = 0.0;
  for (const auto count : counts) {
    sum += std::pow(static_cast<double>(count) - expected, 2) / expected;
  }
  return sum;
}

TEST_CASE("every number comes once, whatever the count") {
  for (const std::uint64_t count : {1, 2, 3, 100, 4096, 4097, 8191, 8192, 8193, 65'537, 300'007}) {
    CAPTURE(count);
    auto all = values(count, 7);
    std::ranges::sort(all);
    bool each_once = true;
    for (std::uint64_t i = 0; i < count; ++i) each_once = each_once && all[i] == i;
    CHECK(each_once);
  }
}

TEST_CASE("an order depends on seed and index, and on nothing else") {
  for (const std::uint64_t count : {1000, 100'000}) {
    CHECK((values(count, 1) == values(count, 1)));
    CHECK((values(count, 1) != values(count, 2)));
    CHECK((values(count, 1, 0) != values(count, 1, 1)));
  }
}

TEST_CASE("all orders of few numbers are equally likely") {
  std::map<std::vector<std::uint64_t>, std::uint64_t> orders;
  for (std::uint64_t seed = 0; seed < 24'000; ++seed) ++orders[values(4, seed)];
  CHECK(orders.size() == 24);
  std::vector<std::uint64_t> counts;
  for (const auto& [order, count] : orders) counts.push_back(count);
  CHECK(chi_square(counts) < 50);  // 23 degrees of freedom: 99.9% are below 49.7
}

TEST_CASE("many numbers go anywhere, and neighbours go apart") {
  constexpr std::uint64_t count = 10'007;
  std::vector<std::uint64_t> places(20, 0);
  std::vector<std::uint64_t> distances(20, 0);
  std::vector<std::uint64_t> parities(4, 0);
  for (std::uint64_t seed = 0; seed < 4000; ++seed) {
    const Permutation permutation(count, seed, Stream::file_shuffle, 0);
    const std::uint64_t first = permutation(5000);
    const std::uint64_t second = permutation(5001);
    ++places[first * 20 / count];
    ++distances[(second + count - first) % count * 20 / count];
    ++parities[first % 2 * 2 + second % 2];
  }
  CHECK(chi_square(places) < 44);  // 19 degrees of freedom: 99.9% are below 43.8
  CHECK(chi_square(distances) < 44);
  CHECK(chi_square(parities) < 17);  // 3: 99.9% below 16.3

  // And within one order: how many ascents, of which there are (n − 1)/2 ± √((n + 1)/12).
  const auto all = values(count, 3);
  double ascents = 0;
  for (std::size_t i = 1; i < all.size(); ++i) ascents += all[i] > all[i - 1] ? 1 : 0;
  const double expected = (count - 1) / 2.0;
  CHECK(std::abs(ascents - expected) < 4 * std::sqrt((count + 1) / 12.0));
}

}  // namespace
}  // namespace tusk::convert
