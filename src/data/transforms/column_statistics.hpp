// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cmath>
#include <cstddef>
#include <optional>
#include <vector>

#include "data/transforms/columns.hpp"
#include "data/transforms/fitting_samples.hpp"

// What transforms learn of the training rows; their fit() calls these functions. All are
// collective, with the same result, bit for bit, on every rank and for any number of ranks, and
// return an entry a column, in the columns' order. Each pass reads all training rows once. They
// throw what FittingSamples throws for rows that cannot be read or hold what a step does not take.
namespace tusk::transforms {

// Where a number is missing: at NaN, or at a value that stands for it, which a file of float32 has
// rounded.
struct Gap {
  std::optional<double> value;

  double rounded() const { return static_cast<Real>(*value); }
  bool is(double x) const { return value ? x == *value || x == rounded() : std::isnan(x); }
};

// The mean of `count` numbers, and Σ(x − mean)².
//   B. P. Welford, Technometrics 4 (1962) 419, for a block; T. F. Chan, G. H. Golub, R. J. LeVeque,
//   The American Statistician 37 (1983) 242, for blocks together.
struct Moments {
  double count = 0.0;
  double mean = 0.0;
  double squares = 0.0;

  void add(double x);
  void add(const Moments& other);
};

// Mean and squares of each column, in one pass; with a gap, of those of its numbers that are
// neither missing nor NaN.
std::vector<Moments> column_moments(const FittingSamples& samples, const Columns& columns,
                                    const Gap* gap);

struct Extremes {
  double lowest = 0.0;
  double highest = 0.0;
};

// The smallest and the largest number of each column, in one pass.
std::vector<Extremes> column_extremes(const FittingSamples& samples, const Columns& columns);

// The median of each column: the middle one of its sorted numbers, or the mean of the middle two.
// Numbers that are missing or NaN do not count; where no others are, the median is NaN. The digits
// of the numbers' ordered bits are counted, the leading ones first: three passes for every thousand
// columns of Precision::float32, six of float64.
std::vector<double> column_medians(const FittingSamples& samples, const Columns& columns,
                                   const Gap& gap);

// The different numbers in one column, ascending. One pass. Error(bad_data) if there are more than
// a thousand.
std::vector<double> column_categories(const FittingSamples& samples, std::size_t column);

}  // namespace tusk::transforms
