// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include "data/transforms/fitting_samples.hpp"
#include "data/transforms/transform_kinds.hpp"
#include "tusk/error.hpp"

namespace tusk::transforms {
namespace {

class Reshape final : public Transform {
 public:
  explicit Reshape(Shape shape) : shape_(std::move(shape)) {}

  std::string_view type() const { return ReshapeTransform::type; }

  Shape output_shape(const Shape& input) const override {
    if (input.elements() != shape_.elements()) {
      fail(ExitCode::bad_data, "{} has {} numbers, not {}", shape_.to_string(), shape_.elements(),
           input.elements());
    }
    return shape_;
  }

  std::size_t apply(std::span<double>, std::size_t width) const override { return width; }

  std::string summary() const override { return shape_.to_string(); }

  std::string to_json() const { return nlohmann::json{{"shape", shape_.extents()}}.dump(); }

 private:
  Shape shape_;
};

}  // namespace

Step fit(const ReshapeTransform& options, const FittingSamples&) {
  return make_step<Reshape>(
      Shape(std::vector<std::size_t>(options.shape.begin(), options.shape.end())));
}

template <>
Step read_step<ReshapeTransform>(const nlohmann::json& json) {
  std::vector<std::size_t> extents;
  std::size_t elements = 1;
  for (const nlohmann::json& extent : json.at("shape")) {
    if (!extent.is_number_unsigned() || extent == 0 ||
        extent.get<std::size_t>() > (std::size_t{1} << 32) / elements) {
      fail(ExitCode::bad_data, "the shape is not one of a sample");
    }
    extents.push_back(extent);
    elements *= extents.back();
  }
  if (extents.empty()) fail(ExitCode::bad_data, "the shape is not one of a sample");
  return make_step<Reshape>(Shape(std::move(extents)));
}

}  // namespace tusk::transforms
