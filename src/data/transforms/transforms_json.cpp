// SPDX-License-Identifier: Apache-2.0
// Transforms as a model file has them.
#include <fmt/ranges.h>

#include <optional>
#include <type_traits>
#include <variant>

#include "data/transforms/transform_kinds.hpp"
#include "data/transforms/transforms.hpp"
#include "data/transforms/user_transform.hpp"
#include "options/package_needed.hpp"
#include "tusk/error.hpp"

namespace tusk::transforms {
namespace {

using Json = nlohmann::json;

// The options of which the variant consists, but for the label's and the user's.
template <typename Kind>
constexpr bool is_own_step =
    !std::is_same_v<Kind, BinaryLabelTransform> && !options::is_user_object<Kind>;

// The names of the transforms that the program has.
template <typename... Kinds>
std::string known_types(const Extensions& extensions, const std::variant<Kinds...>*) {
  std::vector<std::string> known;
  const auto add = [&]<typename Kind>(std::type_identity<Kind>) {
    if constexpr (!options::is_user_object<Kind>) known.emplace_back(Kind::type);
  };
  (add(std::type_identity<Kinds>{}), ...);
  for (const auto& kind : extensions.transforms) known.push_back(kind->full_name());
  return fmt::format("{}", fmt::join(known, ", "));
}

// A step of this type, of the kind of TransformOptions whose name it bears; none if it is of none.
template <typename... Kinds>
std::optional<Step> read_own(const Json& json, const std::string& type,
                             const std::variant<Kinds...>*) {
  std::optional<Step> step;
  const auto read_if = [&]<typename Kind>(std::type_identity<Kind>) {
    if constexpr (is_own_step<Kind>) {
      if (type == Kind::type) step = read_step<Kind>(json);
    }
  };
  (read_if(std::type_identity<Kinds>{}), ...);
  return step;
}

// One step of the model file's array.
Step read_element(const Json& json, const std::string& type, const std::string& path,
                  const Extensions& extensions) {
  const TransformOptions* kinds = nullptr;
  try {
    if (auto step = read_own(json, type, kinds)) return *std::move(step);
    for (const auto& kind : extensions.transforms) {
      if (kind->full_name() == type) return read_user_step(json, kind);
    }
  } catch (const Error& error) {
    fail(error.code(), "{}: transform '{}' cannot be read: {}", path, type, error.what());
  }
  options::refuse_kind_of_package(fmt::format("{}: transform '{}'", path, type), "transform", type,
                                  known_types(extensions, kinds));
  fail(ExitCode::bad_data, "{}: transform '{}' is not known; this version knows: {}", path, type,
       known_types(extensions, kinds));
}

// What stands in a model file's array for Precision::float64. A version that does not know it has
// to refuse it.
constexpr const char* precision_type = "precision";

// The same for the steps of labels, a list for each array of them.
constexpr const char* labels_type = "labels";

Precision read_precision(const Json& json) {
  const std::string name = json.at("numbers");
  if (name == "float64") return Precision::float64;
  fail(ExitCode::bad_data, "precision '{}' is not known", name);
}

}  // namespace

Transforms Transforms::from_json(const std::string& json, const std::string& path,
                                 const Extensions& extensions) try {
  const Json array = Json::parse(json);
  if (!array.is_array()) fail(ExitCode::bad_data, "{}: the transforms are not a JSON array", path);
  Transforms transforms;
  for (const Json& element : array) {
    const std::string type = element.at("type");
    if (type == BinaryLabelTransform::type) {
      transforms.positive_label_ = element.at("positive").get<double>();
    } else if (type == labels_type) {
      for (const Json& list : element.at("lists")) {
        transforms.labels_.push_back(from_json(list.dump(), path, extensions));
        if (transforms.labels_.back().have_labels()) {
          fail(ExitCode::bad_data, "{}: the transforms of labels have labels of their own", path);
        }
      }
    } else if (type == precision_type) {
      transforms.precision_ = read_precision(element);
    } else {
      transforms.steps_.push_back(read_element(element, type, path, extensions));
    }
  }
  return transforms;
} catch (const Json::exception& error) {
  fail(ExitCode::bad_data, "{}: the transforms cannot be read: {}", path, error.what());
}

std::string Transforms::to_json() const {
  Json array = Json::array();
  if (precision_ == Precision::float64) {
    array.push_back({{"type", precision_type}, {"numbers", "float64"}});
  }
  for (const Step& step : steps_) {
    Json json = Json::parse(step.state);
    json["type"] = step.type;
    array.push_back(std::move(json));
  }
  if (positive_label_) {
    array.push_back({{"type", BinaryLabelTransform::type}, {"positive", *positive_label_}});
  }
  if (have_labels()) {
    Json lists = Json::array();
    for (const Transforms& label : labels_) lists.push_back(Json::parse(label.to_json()));
    array.push_back({{"type", labels_type}, {"lists", lists}});
  }
  return array.dump();
}

std::string ArrayTransforms::to_json() const {
  if (size() == 1) return front().to_json();
  Json array = Json::array();
  for (const Transforms& each : each_) array.push_back(Json::parse(each.to_json()));
  return array.dump();
}

}  // namespace tusk::transforms
