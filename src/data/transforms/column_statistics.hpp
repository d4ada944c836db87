// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cmath>
#include <cstddef>
#include <optional>
#include <vector>

#include "data/transforms/columns.hpp"
#include "data/transforms/fitting_samples.hpp"

// What transforms learn of the training rows. All collective, with the same result, bit for bit, on
// every rank and for any number of ranks; each an entry a column, in the columns' order. Errors as
// FittingSamples has them.
namespace tusk::transforms {

// Where a number is missing: at NaN, or at a value that stands for it, as it is kept in samples.
struct Gap {
  std::optional<double> value;

  double stored() const { return static_cast<Real>(*value); }
  bool is(double x) const { return value ? x == stored() : std::isnan(x); }
};

// Of `count` numbers: their mean and Σ(x − mean)².
//   B. P. Welford, Technometrics 4 (1962) 419, for a block; T. F. Chan, G. H. Golub, R. J. LeVeque,
//   The American Statistician 37 (1983) 242, for blocks together.
struct Moments {
  double count = 0.0;
  double mean = 0.0;
  double squares = 0.0;

  void add(double x);
  void add(const Moments& other);
};

// One pass. With a gap, of the numbers that are neither missing nor NaN.
std::vector<Moments> column_moments(const FittingSamples& samples, const Columns& columns,
                                    const Gap* gap);

struct Extremes {
  double lowest = 0.0;
  double highest = 0.0;
};

// One pass.
std::vector<Extremes> column_extremes(const FittingSamples& samples, const Columns& columns);

// The middle one of the sorted numbers, or the mean of the middle two; of those that are neither
// missing nor NaN; NaN where there are none. Three passes for every thousand columns: the digits of
// the numbers' ordered bits are counted, the leading ones first.
std::vector<double> column_medians(const FittingSamples& samples, const Columns& columns,
                                   const Gap& gap);

// The different numbers in one column, ascending. One pass. Error(bad_data) if there are more than
// a thousand.
std::vector<double> column_categories(const FittingSamples& samples, std::size_t column);

}  // namespace tusk::transforms
