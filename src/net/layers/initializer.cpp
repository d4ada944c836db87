// SPDX-License-Identifier: Apache-2.0
#include "net/layers/initializer.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <span>
#include <vector>

#include "tusk/error.hpp"

namespace tusk::layers {
namespace {

// The standard deviation of a unit normal truncated at ±2.
constexpr double truncated_stddev = 0.87962566103423978;

void fill(Span values, auto draw) {
  std::generate(values.begin(), values.end(), [&] { return static_cast<Real>(draw()); });
}

void fill_uniform(Span values, Random& random, double variance) {
  const double limit = std::sqrt(3.0 * variance);
  fill(values, [&] { return random.uniform(-limit, limit); });
}

void fill_truncated(Span values, Random& random, double variance) {
  const double stddev = std::sqrt(variance) / truncated_stddev;
  fill(values, [&] { return stddev * random.truncated_normal(); });
}

// Rows, or columns where there are fewer of them, that are at right angles and of length 1,
// uniformly distributed: normal numbers made so by Gram's and Schmidt's method, twice, as once is
// not exact enough.
void fill_orthogonal(Span values, Random& random, std::size_t columns) {
  const std::size_t rows = values.size() / columns;
  const bool by_rows = rows < columns;
  const std::size_t count = std::min(rows, columns);
  const std::size_t length = std::max(rows, columns);
  std::vector<double> vectors(values.size());
  std::generate(vectors.begin(), vectors.end(), [&] { return random.normal(); });
  const auto vector = [&](std::size_t k) { return std::span(vectors).subspan(k * length, length); };
  for (std::size_t k = 0; k < count; ++k) {
    const std::span<double> v = vector(k);
    for (std::size_t before = 0; before < 2 * k; ++before) {
      const std::span<double> other = vector(before % k);
      const double along = std::inner_product(v.begin(), v.end(), other.begin(), 0.0);
      for (std::size_t i = 0; i < length; ++i) v[i] -= along * other[i];
    }
    const double norm = std::sqrt(std::inner_product(v.begin(), v.end(), v.begin(), 0.0));
    for (std::size_t i = 0; i < length; ++i) {
      v[i] /= norm;
      values[by_rows ? k * columns + i : i * columns + k] = static_cast<Real>(v[i]);
    }
  }
}

void fill_as(const InitializerOptions& options, const Parameter& parameter, Random& random,
             Span values) {
  const auto fan_in = static_cast<double>(std::max<std::size_t>(1, parameter.fan_in));
  const auto fan_out = static_cast<double>(parameter.fan_out);
  const double glorot = 2.0 / (fan_in + fan_out);
  switch (options.kind) {
    case InitializerKind::zeros:
      return std::fill(values.begin(), values.end(), Real{0});
    case InitializerKind::ones:
      return std::fill(values.begin(), values.end(), Real{1});
    case InitializerKind::constant:
      return std::fill(values.begin(), values.end(), static_cast<Real>(options.value));
    case InitializerKind::uniform:
      return fill(values, [&] { return random.uniform(options.minval, options.maxval); });
    case InitializerKind::normal:
      return fill(values, [&] { return options.mean + options.stddev * random.normal(); });
    case InitializerKind::truncated_normal:
      return fill(values,
                  [&] { return options.mean + options.stddev * random.truncated_normal(); });
    case InitializerKind::glorot_uniform:
      return fill_uniform(values, random, glorot);
    case InitializerKind::glorot_normal:
      return fill_truncated(values, random, glorot);
    case InitializerKind::he_uniform:
      return fill_uniform(values, random, 2.0 / fan_in);
    case InitializerKind::he_normal:
      return fill_truncated(values, random, 2.0 / fan_in);
    case InitializerKind::lecun_uniform:
      return fill_uniform(values, random, 1.0 / fan_in);
    case InitializerKind::lecun_normal:
      return fill_truncated(values, random, 1.0 / fan_in);
    case InitializerKind::orthogonal:
      return fill_orthogonal(values, random, parameter.shape.extents().back());
  }
}

}  // namespace

Initializer make_initializer(const InitializerOptions& options) {
  return [options](const Parameter& parameter, Random& random, Span values) {
    fill_as(options, parameter, random, values);
  };
}

Initializer named_initializer(const std::string& name) {
  for (const auto& [known, kind] : names_of(InitializerKind{})) {
    if (known == name) return make_initializer({.kind = kind});
  }
  fail(ExitCode::internal, "'{}' is no initializer", name);
}

}  // namespace tusk::layers
