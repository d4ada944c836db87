// SPDX-License-Identifier: Apache-2.0
#include "data/datasets/rows.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <cstdint>
#include <memory>
#include <numeric>
#include <vector>

#include "tusk/random.hpp"

namespace tusk::datasets {
namespace {

using List = Rows::List;

// Everything that `rows` says, against the list that it stands for.
void check_is(const Rows& rows, const List& list) {
  CHECK(rows.size() == list.size());
  CHECK(rows.to_vector() == list);
  bool same = true;
  for (std::size_t i = 0; i < list.size(); ++i) same &= rows[i] == list[i];
  CHECK(same);
  const std::uint64_t end = list.empty() ? 3 : list.back() + 3;
  for (std::uint64_t row = 0; row < end; ++row) {
    const auto first = std::ranges::lower_bound(list, row);
    same &= rows.position_of(row) == static_cast<std::uint64_t>(first - list.begin());
  }
  CHECK(same);
  List unrolled;
  const std::vector<Block> runs = rows.runs();
  for (const Block& run : runs) {
    CHECK(run.size() > 0);
    for (std::uint64_t row = run.begin; row < run.end; ++row) unrolled.push_back(row);
  }
  CHECK(unrolled == list);
  for (std::size_t i = 1; i < runs.size(); ++i) CHECK(runs[i].begin != runs[i - 1].end);
}

}  // namespace

TEST_CASE("all rows, all but some and a list say the same in every way, and so do their parts") {
  Random random(1, Stream::bootstrap);
  for (const std::uint64_t share : {0, 1, 5, 9, 10}) {  // tenths that are excluded
    const std::uint64_t count = 60;
    List in;
    List out;
    for (std::uint64_t row = 0; row < count; ++row) {
      (random.below(10) < share ? out : in).push_back(row);
    }
    const Rows others = Rows::all_but(count, std::make_shared<const List>(out));
    for (std::uint64_t begin = 0; begin <= in.size(); begin += 7) {
      for (std::uint64_t end = begin; end <= in.size(); end += 3) {
        const List part(in.begin() + static_cast<std::ptrdiff_t>(begin),
                        in.begin() + static_cast<std::ptrdiff_t>(end));
        check_is(others.part({begin, end}), part);
        check_is(Rows(in).part({begin, end}), part);
        check_is(others.part({begin, in.size()}).part({0, end - begin}), part);
      }
    }
  }
  List every(7);
  std::iota(every.begin(), every.end(), 0);
  check_is(Rows::all(7), every);
  check_is(Rows(), {});
  check_is(Rows::all(0), {});
}

TEST_CASE("a list may repeat a row") { check_is({2, 2, 2, 3, 7, 7, 8}, {2, 2, 2, 3, 7, 7, 8}); }

}  // namespace tusk::datasets
