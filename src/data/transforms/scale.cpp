// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include "data/transforms/columns.hpp"
#include "data/transforms/fitting_samples.hpp"
#include "data/transforms/transform_kinds.hpp"
#include "tusk/error.hpp"

namespace tusk::transforms {
namespace {

// y = factor · x + offset, in the precision in which samples come.
class Scale final : public ColumnTransform {
 public:
  Scale(double factor, double offset, Precision precision, Columns columns)
      : ColumnTransform(std::move(columns)),
        factor_(factor),
        offset_(offset),
        precision_(precision) {}

  std::string_view type() const { return ScaleTransform::type; }

  std::size_t apply(std::span<double> buffer, std::size_t width) const override {
    if (precision_ == Precision::float32) {
      scale<Real>(buffer.first(width));
    } else {
      scale<double>(buffer.first(width));
    }
    return width;
  }

  bool undo(std::span<double> sample) const override {
    if (factor_ == 0.0) return false;
    columns().change(sample, [=, factor = factor_, offset = offset_](std::size_t, double y) {
      return (y - offset) / factor;
    });
    return true;
  }

  std::string summary() const override {
    return fmt::format("{:.6g} · x + {:.6g}{}", factor_, offset_, columns().summary());
  }

  std::string to_json() const {
    nlohmann::json json{{"factor", factor_}, {"offset", offset_}};
    if (precision_ == Precision::float64) json["precision"] = "float64";
    columns().add_to(json);
    return json.dump();
  }

 private:
  template <typename T>
  void scale(std::span<double> sample) const {
    const auto factor = static_cast<T>(factor_);
    const auto offset = static_cast<T>(offset_);
    columns().change(sample,
                     [=](std::size_t, double x) { return factor * static_cast<T>(x) + offset; });
  }

  double factor_;
  double offset_;
  Precision precision_;
};

}  // namespace

Step fit(const ScaleTransform& options, const FittingSamples& samples) {
  return make_step<Scale>(options.factor, options.offset, samples.precision(),
                          samples.columns(options.columns));
}

template <>
Step read_step<ScaleTransform>(const nlohmann::json& json) {
  const std::string precision = json.value("precision", "float32");
  if (precision != "float32" && precision != "float64") {
    fail(ExitCode::bad_data, "precision '{}' is neither 'float32' nor 'float64'", precision);
  }
  return make_step<Scale>(json.at("factor"), json.at("offset"),
                          precision == "float64" ? Precision::float64 : Precision::float32,
                          Columns::from_json(json));
}

}  // namespace tusk::transforms
