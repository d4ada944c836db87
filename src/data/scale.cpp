// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include "transform_kinds.hpp"

namespace tusk::data {
namespace {

// y = factor · x + offset.
class Scale final : public Transform {
 public:
  explicit Scale(const ScaleTransform& options) : options_(options) {}

  std::string_view type() const override { return ScaleTransform::type; }

  std::size_t apply(Span buffer, std::size_t width) const override {
    const auto factor = static_cast<Real>(options_.factor);
    const auto offset = static_cast<Real>(options_.offset);
    for (Real& x : buffer.first(width)) x = factor * x + offset;
    return width;
  }

  std::string summary() const override {
    return fmt::format("times {} plus {}", options_.factor, options_.offset);
  }

  std::string to_json() const override {
    return nlohmann::json{{"factor", options_.factor}, {"offset", options_.offset}}.dump();
  }

 private:
  ScaleTransform options_;
};

}  // namespace

Step fit(const ScaleTransform& options) { return std::make_shared<Scale>(options); }

template <>
Step read_step<ScaleTransform>(const nlohmann::json& json) {
  return std::make_shared<Scale>(ScaleTransform{json.at("factor"), json.at("offset")});
}

}  // namespace tusk::data
