// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <cmath>

#include "data/transforms/columns.hpp"
#include "data/transforms/fitting_samples.hpp"
#include "data/transforms/transform_kinds.hpp"

namespace tusk::transforms {
namespace {

// y = ln(x + offset).
class Logarithm final : public ColumnTransform {
 public:
  Logarithm(double offset, Columns columns)
      : ColumnTransform(std::move(columns)), offset_(offset) {}

  std::string_view type() const { return LogTransform::type; }

  std::size_t apply(std::span<double> buffer, std::size_t width) const override {
    columns().change(buffer.first(width), [offset = offset_](std::size_t, double x) {
      return offset == 1.0 ? std::log1p(x) : std::log(x + offset);
    });
    return width;
  }

  bool undo(std::span<double> sample) const override {
    columns().change(sample, [offset = offset_](std::size_t, double y) {
      return offset == 1.0 ? std::expm1(y) : std::exp(y) - offset;
    });
    return true;
  }

  std::string takes() const override { return fmt::format("numbers above {:.6g}", 0.0 - offset_); }

  std::string summary() const override {
    return fmt::format("ln(x + {:.6g}){}", offset_, columns().summary());
  }

  std::string to_json() const {
    nlohmann::json json{{"offset", offset_}};
    columns().add_to(json);
    return json.dump();
  }

 private:
  double offset_;
};

}  // namespace

Step fit(const LogTransform& options, const FittingSamples& samples) {
  return make_step<Logarithm>(options.offset, samples.columns(options.columns));
}

template <>
Step read_step<LogTransform>(const nlohmann::json& json) {
  return make_step<Logarithm>(json.at("offset"), Columns::from_json(json));
}

}  // namespace tusk::transforms
