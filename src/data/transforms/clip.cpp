// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <algorithm>
#include <limits>

#include "data/transforms/columns.hpp"
#include "data/transforms/fitting_samples.hpp"
#include "data/transforms/transform_kinds.hpp"
#include "tusk/error.hpp"

namespace tusk::transforms {
namespace {

constexpr double unlimited = std::numeric_limits<double>::max();

// y = min(max(x, low), high); a NaN stays one.
class Clip final : public ColumnTransform {
 public:
  Clip(double low, double high, Columns columns)
      : ColumnTransform(std::move(columns)), low_(low), high_(high) {}

  std::string_view type() const { return ClipTransform::type; }

  std::size_t apply(std::span<double> buffer, std::size_t width) const override {
    constexpr double most = std::numeric_limits<Real>::max();
    const double low = std::max(low_, -most);
    const double high = std::min(high_, most);
    columns().change(buffer.first(width),
                     [=](std::size_t, double x) { return std::clamp(x, low, high); });
    return width;
  }

  std::string summary() const override {
    return fmt::format("x from {:.6g} to {:.6g}{}", low_, high_, columns().summary());
  }

  std::string to_json() const {
    nlohmann::json json{{"low", low_}, {"high", high_}};
    columns().add_to(json);
    return json.dump();
  }

 private:
  double low_;
  double high_;
};

}  // namespace

Step fit(const ClipTransform& options, const FittingSamples& samples) {
  return make_step<Clip>(options.low.value_or(-unlimited), options.high.value_or(unlimited),
                         samples.columns(options.columns));
}

template <>
Step read_step<ClipTransform>(const nlohmann::json& json) {
  const double low = json.at("low");
  const double high = json.at("high");
  if (!(low <= high)) fail(ExitCode::bad_data, "low = {} is above high = {}", low, high);
  return make_step<Clip>(low, high, Columns::from_json(json));
}

}  // namespace tusk::transforms
