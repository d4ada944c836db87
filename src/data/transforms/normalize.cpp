// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "data/transforms/columns.hpp"
#include "data/transforms/fitting_samples.hpp"
#include "data/transforms/transform_kinds.hpp"
#include "tusk/error.hpp"

namespace tusk::transforms {
namespace {

// y = x / (Σ|x|^p)^(1/p) over the columns of one sample.
class Normalize final : public ColumnTransform {
 public:
  Normalize(double p, Columns columns) : ColumnTransform(std::move(columns)), p_(p) {}

  std::string_view type() const { return NormalizeTransform::type; }

  std::size_t apply(std::span<double> buffer, std::size_t width) const override {
    const std::span<double> sample = buffer.first(width);
    const double norm = norm_of(sample);
    if (norm != 0.0) {
      columns().change(sample, [=](std::size_t, double x) { return x / norm; });
    }
    return width;
  }

  std::string summary() const override {
    return fmt::format("x / its {}-norm{}", p_, columns().summary());
  }

  std::string to_json() const {
    nlohmann::json json;
    json["p"] = std::isinf(p_) ? nlohmann::json("inf") : nlohmann::json(p_);
    columns().add_to(json);
    return json.dump();
  }

 private:
  // The norm is NaN if one of the numbers is NaN or infinite.
  double norm_of(std::span<const double> sample) const {
    double largest = 0.0;
    double sum = 0.0;
    columns().each(sample, [&](std::size_t, double x) {
      const double size = std::abs(x);
      largest = std::max(largest, size);
      sum += p_ == 2.0 ? size * size : size;
    });
    if (!std::isfinite(sum)) return std::numeric_limits<double>::quiet_NaN();
    if (p_ == 1.0 || largest == 0.0) return sum;
    if (p_ == 2.0) return std::sqrt(sum);
    if (std::isinf(p_)) return largest;
    double powers = 0.0;  // of numbers up to 1, which do not overflow
    columns().each(sample,
                   [&](std::size_t, double x) { powers += std::pow(std::abs(x) / largest, p_); });
    return largest * std::pow(powers, 1.0 / p_);
  }

  double p_;
};

}  // namespace

Step fit(const NormalizeTransform& options, const FittingSamples& samples) {
  const double* p = std::get_if<double>(&options.p);
  return make_step<Normalize>(p != nullptr ? *p : std::numeric_limits<double>::infinity(),
                              samples.columns(options.columns));
}

template <>
Step read_step<NormalizeTransform>(const nlohmann::json& json) {
  const nlohmann::json& p = json.at("p");
  const double value = p == "inf" ? std::numeric_limits<double>::infinity() : p.get<double>();
  if (!(value >= 1.0)) fail(ExitCode::bad_data, "p = {} is not at least 1", value);
  return make_step<Normalize>(value, Columns::from_json(json));
}

}  // namespace tusk::transforms
