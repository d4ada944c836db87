// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <array>
#include <bit>
#include <cstdint>
#include <limits>
#include <span>

#include "data/transforms/column_statistics.hpp"
#include "mpi/communicator.hpp"

namespace tusk::transforms {
namespace {

// 32 bits that order as the numbers do (−0 before 0), read in three digits.
constexpr std::array<unsigned, 3> shifts{21, 10, 0};
constexpr std::array<unsigned, 3> widths{11, 11, 10};
constexpr std::size_t digits = std::size_t{1} << 11;
constexpr std::size_t columns_at_a_time = 1024;  // 32 MiB of counts
constexpr std::uint32_t sign = 0x80000000U;

std::uint32_t to_ordered(float x) {
  const auto bits = std::bit_cast<std::uint32_t>(x);
  return (bits & sign) != 0 ? ~bits : bits | sign;
}

double from_ordered(std::uint32_t ordered) {
  return std::bit_cast<float>((ordered & sign) != 0 ? ordered & ~sign : ~ordered);
}

// The number at position `rank` among the sorted ones of a column, found digit by digit.
struct Target {
  std::uint64_t rank = 0;     // among the numbers that begin with `leading`
  std::uint32_t leading = 0;  // the digits found so far
};

// The middle of a column, between two of its numbers: twice the same if there is an odd number.
struct Middle {
  std::uint64_t numbers = 0;
  std::array<Target, 2> targets;
};

// counts[digit] of the numbers that begin as the target does: moves on to the digit that has it.
void narrow(Target& target, std::span<const std::uint64_t> counts, unsigned width) {
  std::uint32_t digit = 0;
  while (digit + 1 < counts.size() && target.rank >= counts[digit]) target.rank -= counts[digit++];
  target.leading = target.leading << width | digit;
}

class Medians {
 public:
  Medians(const FittingSamples& samples, const Columns& columns, const Gap& gap)
      : samples_(samples), columns_(columns), gap_(gap) {}

  // For `count` of the columns, from the `first` on.
  std::vector<double> find(std::size_t first, std::size_t count) {
    middles_.assign(count, {});
    for (std::size_t level = 0; level < shifts.size(); ++level) {
      count_digits(first, level);
      for (std::size_t i = 0; i < count; ++i) {
        const std::span<const std::uint64_t> counts(counts_);
        if (level == 0) start(middles_[i], counts.subspan(2 * i * digits, digits));
        for (std::size_t t = 0; t < 2; ++t) {
          narrow(middles_[i].targets[t], counts.subspan((2 * i + t) * digits, digits),
                 widths[level]);
        }
      }
    }
    std::vector<double> medians;
    for (const Middle& middle : middles_) {
      const double low = from_ordered(middle.targets[0].leading);
      const double high = from_ordered(middle.targets[1].leading);
      medians.push_back(middle.numbers == 0 ? std::numeric_limits<double>::quiet_NaN()
                                            : low + (high - low) / 2.0);
    }
    return medians;
  }

 private:
  static void start(Middle& middle, std::span<const std::uint64_t> counts) {
    for (const std::uint64_t count : counts) middle.numbers += count;
    if (middle.numbers == 0) return;
    middle.targets[0].rank = (middle.numbers - 1) / 2;
    middle.targets[1].rank = middle.numbers / 2;
  }

  void count_digits(std::size_t first, std::size_t level) {
    counts_.assign(2 * middles_.size() * digits, 0);
    const unsigned shift = shifts[level];
    const unsigned width = widths[level];
    const std::uint32_t mask = (1U << width) - 1;
    samples_.visit(columns_, FittingSamples::Accept::gaps,
                   [&](std::size_t, std::span<const double> sample) {
                     columns_.each(sample, [&](std::size_t column, double x) {
                       if (column < first || column >= first + middles_.size()) return;
                       if (gap_.is(x) || std::isnan(x)) return;
                       const std::size_t i = column - first;
                       const std::uint32_t ordered = to_ordered(static_cast<float>(x));
                       for (std::size_t t = 0; t < 2; ++t) {
                         const std::uint32_t leading = level == 0 ? 0 : ordered >> (shift + width);
                         if (leading == middles_[i].targets[t].leading) {
                           ++counts_[(2 * i + t) * digits + (ordered >> shift & mask)];
                         }
                       }
                     });
                   });
    samples_.communicator().sum(std::span(counts_));
  }

  const FittingSamples& samples_;
  const Columns& columns_;
  const Gap& gap_;
  std::vector<Middle> middles_;
  std::vector<std::uint64_t> counts_;  // [column][target][digit]
};

}  // namespace

std::vector<double> column_medians(const FittingSamples& samples, const Columns& columns,
                                   const Gap& gap) {
  const std::size_t count = columns.count(samples.width());
  std::vector<double> medians;
  while (medians.size() < count) {
    const std::size_t some = std::min(columns_at_a_time, count - medians.size());
    const auto found = Medians(samples, columns, gap).find(medians.size(), some);
    medians.insert(medians.end(), found.begin(), found.end());
  }
  return medians;
}

}  // namespace tusk::transforms
