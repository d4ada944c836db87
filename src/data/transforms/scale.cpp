// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include "data/transforms/columns.hpp"
#include "data/transforms/fitting_samples.hpp"
#include "data/transforms/transform_kinds.hpp"

namespace tusk::transforms {
namespace {

// y = factor · x + offset, in the precision that samples are kept in.
class Scale final : public ColumnTransform {
 public:
  Scale(double factor, double offset, Columns columns)
      : ColumnTransform(std::move(columns)), factor_(factor), offset_(offset) {}

  std::string_view type() const { return ScaleTransform::type; }

  std::size_t apply(std::span<double> buffer, std::size_t width) const override {
    const auto factor = static_cast<Real>(factor_);
    const auto offset = static_cast<Real>(offset_);
    columns().change(buffer.first(width),
                     [=](std::size_t, double x) { return factor * static_cast<Real>(x) + offset; });
    return width;
  }

  std::string summary() const override {
    return fmt::format("{:.6g} · x + {:.6g}{}", factor_, offset_, columns().summary());
  }

  std::string to_json() const {
    nlohmann::json json{{"factor", factor_}, {"offset", offset_}};
    columns().add_to(json);
    return json.dump();
  }

 private:
  double factor_;
  double offset_;
};

}  // namespace

Step fit(const ScaleTransform& options, const FittingSamples& samples) {
  return make_step<Scale>(options.factor, options.offset, samples.columns(options.columns));
}

template <>
Step read_step<ScaleTransform>(const nlohmann::json& json) {
  return make_step<Scale>(json.at("factor"), json.at("offset"), Columns::from_json(json));
}

}  // namespace tusk::transforms
