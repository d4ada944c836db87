// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <cmath>
#include <optional>

#include "data/transforms/column_statistics.hpp"
#include "data/transforms/columns.hpp"
#include "data/transforms/transform_kinds.hpp"
#include "tusk/error.hpp"

namespace tusk::transforms {
namespace {

// Puts a number, one a column, in the place of each gap.
class Missing final : public ColumnTransform {
 public:
  Missing(Gap gap, std::vector<double> fills, Columns columns)
      : ColumnTransform(std::move(columns), fills.size()), gap_(gap), fills_(std::move(fills)) {}

  std::string_view type() const { return MissingTransform::type; }

  std::size_t apply(std::span<double> buffer, std::size_t width) const override {
    const auto replace = [&](auto is_missing) {
      columns().change(buffer.first(width), [=, fills = fills_.data()](std::size_t i, double x) {
        const double fill = fills[i];
        return is_missing(x) ? fill : x;
      });
    };
    if (gap_.value) {
      replace([value = *gap_.value, rounded = gap_.rounded()](double x) {
        return (x == value) | (x == rounded);
      });
    } else {
      replace([](double x) { return std::isnan(x); });
    }
    return width;
  }

  std::string summary() const override {
    return fmt::format("{} becomes [{}]{}", gap_.value ? fmt::format("{:.6g}", *gap_.value) : "nan",
                       listed(fills_), columns().summary());
  }

  std::string to_json() const {
    nlohmann::json json{{"fills", fills_}};
    json["value"] = gap_.value ? nlohmann::json(*gap_.value) : nlohmann::json("nan");
    columns().add_to(json);
    return json.dump();
  }

 private:
  Gap gap_;
  std::vector<double> fills_;
};

Gap gap_of(const MissingTransform& options) {
  const double* value = std::get_if<double>(&options.value);
  return {value != nullptr ? std::optional(*value) : std::nullopt};
}

std::vector<double> learn(Fill fill, const FittingSamples& samples, const Columns& columns,
                          const Gap& gap) {
  std::vector<double> fills;
  if (fill == Fill::median) {
    fills = column_medians(samples, columns, gap);
  } else {
    for (const Moments& moments : column_moments(samples, columns, &gap)) {
      fills.push_back(moments.count == 0.0 ? std::nan("") : moments.mean);
    }
  }
  samples.agree([&] {
    for (std::size_t i = 0; i < fills.size(); ++i) {
      if (std::isnan(fills[i])) {
        samples.reject("fill", fmt::format("\"{}\" has nothing to learn from: {} is missing in "
                                           "every training row; a number would do",
                                           name_of(fill), samples.column_name(columns, i)));
      }
    }
  });
  return fills;
}

}  // namespace

Step fit(const MissingTransform& options, const FittingSamples& samples) {
  const Columns columns = samples.columns(options.columns);
  const Gap gap = gap_of(options);
  std::vector<double> fills;
  if (const double* constant = std::get_if<double>(&options.fill)) {
    fills.assign(columns.count(samples.width()), *constant);
  } else {
    fills = learn(std::get<Fill>(options.fill), samples, columns, gap);
  }
  return make_step<Missing>(gap, std::move(fills), columns);
}

template <>
Step read_step<MissingTransform>(const nlohmann::json& json) {
  const nlohmann::json& value = json.at("value");
  const Gap gap{value == "nan" ? std::nullopt : std::optional(value.get<double>())};
  std::vector<double> fills = numbers_of(json, "fills");
  if (fills.empty()) fail(ExitCode::bad_data, "there are no fills");
  return make_step<Missing>(gap, std::move(fills), Columns::from_json(json));
}

}  // namespace tusk::transforms
