// SPDX-License-Identifier: Apache-2.0
#include "net/layers/initializer.hpp"

#include <algorithm>
#include <cmath>

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
