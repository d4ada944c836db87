// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <array>
#include <bit>
#include <cstdint>
#include <limits>
#include <span>
#include <type_traits>

#include "data/transforms/column_statistics.hpp"
#include "mpi/communicator.hpp"

namespace tusk::transforms {
namespace {

constexpr unsigned digit_bits = 11;
constexpr std::size_t digits = std::size_t{1} << digit_bits;
constexpr std::size_t columns_at_a_time = 1024;  // 32 MiB of counts

// Numbers of type T as whole ones that order as they do (−0 before 0).
template <typename T>
struct Ordered {
  using Bits = std::conditional_t<sizeof(T) == 4, std::uint32_t, std::uint64_t>;
  static constexpr unsigned bits = 8 * sizeof(T);
  static constexpr Bits sign = Bits{1} << (bits - 1);

  static Bits of(double x) {
    const auto own = std::bit_cast<Bits>(static_cast<T>(x));
    return (own & sign) != 0 ? ~own : own | sign;
  }
  static double number(Bits ordered) {
    return std::bit_cast<T>((ordered & sign) != 0 ? ordered & ~sign : ~ordered);
  }
};

// The number at position `rank` among the sorted ones of a column, found digit by digit.
struct Target {
  std::uint64_t rank = 0;     // among the numbers that begin with `leading`
  std::uint64_t leading = 0;  // the digits found so far
};

// The middle of a column, between two of its numbers: twice the same if there is an odd number.
struct Middle {
  std::uint64_t numbers = 0;
  std::array<Target, 2> targets;
};

// counts[digit] of the numbers that begin as the target does: moves on to the digit that has it.
void narrow(Target& target, std::span<const std::uint64_t> counts, unsigned width) {
  std::uint64_t digit = 0;
  while (digit + 1 < counts.size() && target.rank >= counts[digit]) target.rank -= counts[digit++];
  target.leading = target.leading << width | digit;
}

// Of numbers that are of type T: float or double.
template <typename T>
class Medians {
 public:
  Medians(const FittingSamples& samples, const Columns& columns, const Gap& gap)
      : samples_(samples), columns_(columns), gap_(gap) {}

  // For `count` of the columns, from the `first` on.
  std::vector<double> find(std::size_t first, std::size_t count) {
    middles_.assign(count, {});
    for (unsigned left = Ordered<T>::bits; left > 0;) {
      const bool leading = left == Ordered<T>::bits;
      const unsigned width = std::min(digit_bits, left);
      left -= width;
      count_digits(first, leading, left, width);
      for (std::size_t i = 0; i < count; ++i) {
        const std::span<const std::uint64_t> counts(counts_);
        if (leading) start(middles_[i], counts.subspan(2 * i * digits, digits));
        for (std::size_t t = 0; t < 2; ++t) {
          narrow(middles_[i].targets[t], counts.subspan((2 * i + t) * digits, digits), width);
        }
      }
    }
    std::vector<double> medians;
    for (const Middle& middle : middles_) {
      const double low = number_of(middle.targets[0]);
      const double high = number_of(middle.targets[1]);
      medians.push_back(middle.numbers == 0 ? std::numeric_limits<double>::quiet_NaN()
                                            : low + (high - low) / 2.0);
    }
    return medians;
  }

 private:
  static double number_of(const Target& target) {
    return Ordered<T>::number(static_cast<typename Ordered<T>::Bits>(target.leading));
  }

  static void start(Middle& middle, std::span<const std::uint64_t> counts) {
    for (const std::uint64_t count : counts) middle.numbers += count;
    if (middle.numbers == 0) return;
    middle.targets[0].rank = (middle.numbers - 1) / 2;
    middle.targets[1].rank = middle.numbers / 2;
  }

  // The digits of `width` bits above the last `shift` ones, of numbers that begin as the targets
  // do.
  void count_digits(std::size_t first, bool leading, unsigned shift, unsigned width) {
    counts_.assign(2 * middles_.size() * digits, 0);
    const std::uint64_t mask = (1U << width) - 1;
    samples_.visit(columns_, FittingSamples::Accept::gaps,
                   [&](std::size_t, std::span<const double> sample) {
                     columns_.each(sample, [&](std::size_t column, double x) {
                       if (column < first || column >= first + middles_.size()) return;
                       if (gap_.is(x) || std::isnan(x)) return;
                       const std::size_t i = column - first;
                       const std::uint64_t ordered = Ordered<T>::of(x);
                       const std::uint64_t begin = leading ? 0 : ordered >> (shift + width);
                       for (std::size_t t = 0; t < 2; ++t) {
                         if (begin == middles_[i].targets[t].leading) {
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
    const auto found = samples.precision() == Precision::float64
                           ? Medians<double>(samples, columns, gap).find(medians.size(), some)
                           : Medians<float>(samples, columns, gap).find(medians.size(), some);
    medians.insert(medians.end(), found.begin(), found.end());
  }
  return medians;
}

}  // namespace tusk::transforms
