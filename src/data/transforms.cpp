// SPDX-License-Identifier: Apache-2.0
#include "tusk/data/transforms.hpp"

#include <nlohmann/json.hpp>

#include "tusk/core/error.hpp"

namespace tusk::data {
namespace {

using Json = nlohmann::json;

// y = factor · x + offset.
class Scale final : public Transform {
 public:
  explicit Scale(const ScaleTransform& options) : options_(options) {}
  explicit Scale(const Json& json) : options_{json.at("factor"), json.at("offset")} {}

  void apply(Span sample) const override {
    const auto factor = static_cast<Real>(options_.factor);
    const auto offset = static_cast<Real>(options_.offset);
    for (Real& x : sample) x = factor * x + offset;
  }

  std::string to_json() const override {
    return Json{
        {"type", ScaleTransform::type}, {"factor", options_.factor}, {"offset", options_.offset}}
        .dump();
  }

 private:
  ScaleTransform options_;
};

std::shared_ptr<const Transform> make_transform(const ScaleTransform& options) {
  return std::make_shared<Scale>(options);
}

std::shared_ptr<const Transform> make_transform(const Json& json, const std::string& path) {
  const std::string type = json.at("type");
  if (type == ScaleTransform::type) return std::make_shared<Scale>(json);
  fail(ExitCode::bad_data, "{}: transform '{}' is not known; this version knows: {}", path, type,
       ScaleTransform::type);
}

}  // namespace

Transforms::Transforms(const std::vector<TransformOptions>& options) {
  for (const TransformOptions& option : options) {
    steps_.push_back(std::visit([](const auto& kind) { return make_transform(kind); }, option));
  }
}

Transforms Transforms::from_json(const std::string& json, const std::string& path) try {
  const Json array = Json::parse(json);
  if (!array.is_array()) fail(ExitCode::bad_data, "{}: the transforms are not a JSON array", path);
  Transforms transforms;
  for (const Json& element : array) transforms.steps_.push_back(make_transform(element, path));
  return transforms;
} catch (const Json::exception& error) {
  fail(ExitCode::bad_data, "{}: the transforms cannot be read: {}", path, error.what());
}

std::string Transforms::to_json() const {
  Json array = Json::array();
  for (const auto& step : steps_) array.push_back(Json::parse(step->to_json()));
  return array.dump();
}

void Transforms::apply(Span sample) const {
  for (const auto& step : steps_) step->apply(sample);
}

}  // namespace tusk::data
