// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "data/transforms/columns.hpp"

namespace tusk::transforms {

// y = (x − center) · slope + base, with a center and a slope a column: what standard and minmax
// have learned. In double precision, so that a column far from zero keeps its digits.
class Affine final : public ColumnTransform {
 public:
  struct Learned {
    std::vector<double> centers;
    std::vector<double> slopes;
    double base = 0.0;
  };
  // `type` is a constant: the transform's name in experiments.
  Affine(const char* type, Columns columns, Learned learned);

  // Throws nlohmann::json::exception; Error(bad_data).
  static Affine from_json(const char* type, const nlohmann::json& json);

  std::string_view type() const { return type_; }
  std::size_t apply(std::span<double> buffer, std::size_t width) const override;
  bool undo(std::span<double> sample) const override;
  std::string summary() const override;
  std::string to_json() const;

 private:
  const char* type_;
  Learned learned_;
};

}  // namespace tusk::transforms
