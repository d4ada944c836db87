// SPDX-License-Identifier: Apache-2.0
#include "data/transforms/affine.hpp"

#include <fmt/format.h>

#include <utility>

#include "tusk/error.hpp"

namespace tusk::transforms {

Affine::Affine(const char* type, Columns columns, Learned learned)
    : ColumnTransform(std::move(columns), learned.centers.size()),
      type_(type),
      learned_(std::move(learned)) {}

Affine Affine::from_json(const char* type, const nlohmann::json& json) {
  Learned learned{numbers_of(json, "centers"), numbers_of(json, "slopes"), json.at("base")};
  if (learned.centers.empty() || learned.centers.size() != learned.slopes.size()) {
    fail(ExitCode::bad_data, "{} centers and {} slopes", learned.centers.size(),
         learned.slopes.size());
  }
  return {type, Columns::from_json(json), std::move(learned)};
}

std::size_t Affine::apply(std::span<double> buffer, std::size_t width) const {
  const double* centers = learned_.centers.data();
  const double* slopes = learned_.slopes.data();
  columns().change(buffer.first(width), [=, base = learned_.base](std::size_t i, double x) {
    return (x - centers[i]) * slopes[i] + base;
  });
  return width;
}

bool Affine::undo(std::span<double> sample) const {
  const double* centers = learned_.centers.data();
  const double* slopes = learned_.slopes.data();
  columns().change(sample, [=, base = learned_.base](std::size_t i, double y) {
    return slopes[i] == 0.0 ? centers[i] : (y - base) / slopes[i] + centers[i];
  });
  return true;
}

std::string Affine::summary() const {
  return fmt::format("(x − [{}]) · [{}] + {:.6g}{}", listed(learned_.centers),
                     listed(learned_.slopes), learned_.base, columns().summary());
}

std::string Affine::to_json() const {
  nlohmann::json json{
      {"centers", learned_.centers}, {"slopes", learned_.slopes}, {"base", learned_.base}};
  columns().add_to(json);
  return json.dump();
}

}  // namespace tusk::transforms
