// SPDX-License-Identifier: Apache-2.0
#include "data/transforms/transforms.hpp"

#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <optional>
#include <type_traits>
#include <variant>

#include "data/transforms/transform_kinds.hpp"
#include "data/transforms/user_transform.hpp"
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
  if (const std::size_t end = type.find('>'); end != std::string::npos) {
    fail(ExitCode::bad_data,
         "{}: transform '{}' needs a program that has the transform '{}' of the package '{}'; this "
         "one has {}",
         path, type, type.substr(end + 1), type.substr(0, end), known_types(extensions, kinds));
  }
  fail(ExitCode::bad_data, "{}: transform '{}' is not known; this version knows: {}", path, type,
       known_types(extensions, kinds));
}

// The first number that is not finite, or size() of them.
std::size_t first_bad(std::span<const double> numbers) {
  const auto bad = std::ranges::find_if(numbers, [](double x) { return !std::isfinite(x); });
  return static_cast<std::size_t>(bad - numbers.begin());
}

// What a step leaves, as samples are kept.
void round(std::span<double> numbers) {
  for (double& x : numbers) x = static_cast<double>(static_cast<Real>(x));
}

// Memory of this thread for a sample, until it asks again.
std::span<double> room(std::size_t count) {
  thread_local std::vector<double> numbers;
  if (numbers.size() < count) numbers.resize(count);
  return std::span(numbers).first(count);
}

}  // namespace

// A loop without an exit, to be vectorized.
bool all_finite(ConstSpan numbers) {
  constexpr Real most = std::numeric_limits<Real>::max();
  unsigned bad = 0;  // as wide as the numbers
  for (const Real x : numbers) bad |= std::abs(x) <= most ? 0U : 1U;
  return bad == 0;
}

Transforms Transforms::from_json(const std::string& json, const std::string& path,
                                 const Extensions& extensions) try {
  const Json array = Json::parse(json);
  if (!array.is_array()) fail(ExitCode::bad_data, "{}: the transforms are not a JSON array", path);
  Transforms transforms;
  for (const Json& element : array) {
    const std::string type = element.at("type");
    if (type == BinaryLabelTransform::type) {
      transforms.positive_label_ = element.at("positive").get<double>();
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
  for (const Step& step : steps_) {
    Json json = Json::parse(step.state);
    json["type"] = step.type;
    array.push_back(std::move(json));
  }
  if (positive_label_) {
    array.push_back({{"type", BinaryLabelTransform::type}, {"positive", *positive_label_}});
  }
  return array.dump();
}

std::vector<std::string> Transforms::summary() const {
  std::vector<std::string> lines;
  for (const Step& step : steps_) {
    lines.push_back(fmt::format("{}: {}", step.type, step.transform->summary()));
  }
  if (positive_label_) {
    lines.push_back(fmt::format("{}: label {} becomes 1, others 0", BinaryLabelTransform::type,
                                *positive_label_));
  }
  return lines;
}

Shape Transforms::output_shape(const Shape& stored, const std::string& path) const {
  Shape shape = stored;
  for (std::size_t i = 0; i < steps_.size(); ++i) {
    const Shape before = shape;
    try {
      shape = steps_[i].transform->output_shape(before);
    } catch (const Error& error) {
      fail(error.code(), "{}: transform {} ({}) cannot take samples of {}: {}", path, i,
           steps_[i].type, before.to_string(), error.what());
    }
    if (shape.elements() < before.elements()) {
      fail(ExitCode::internal,
           "{}: transform {} ({}) makes samples of {} of those of {}; it may "
           "not make fewer numbers",
           path, i, steps_[i].type, shape.to_string(), before.to_string());
    }
  }
  return shape;
}

void Transforms::run(std::span<double> sample, std::size_t stored) const {
  std::size_t width = stored;
  for (std::size_t i = 0; i < steps_.size(); ++i) {
    if (i > 0) round(sample.first(width));
    width = steps_[i].transform->apply(sample, width);
    const bool last = i + 1 == steps_.size();
    if (last ? width != sample.size() : width > sample.size()) {
      fail(ExitCode::internal, "transform {} ({}) left {} numbers where the samples have {}", i,
           steps_[i].type, width, sample.size());
    }
  }
}

void Transforms::apply(std::span<double> sample, std::size_t stored) const {
  run(sample, stored);
  round(sample);
}

void Transforms::apply(Span sample, std::size_t stored) const {
  if (steps_.empty()) return;
  const std::span<double> exact = room(sample.size());
  std::ranges::copy(sample.first(stored), exact.begin());
  run(exact, stored);
  std::ranges::transform(exact, sample.begin(), [](double x) { return static_cast<Real>(x); });
}

void Transforms::apply(ConstSpan stored, Span out) const {
  std::ranges::copy(stored, out.begin());
  apply(out, stored.size());
}

std::string Transforms::objection(ConstSpan stored) const {
  const auto stored_objection = [&](std::size_t column) {
    return fmt::format("{} in column {}; features must be finite", stored[column], column);
  };
  std::vector<double> sample(stored.begin(), stored.end());
  std::size_t bad = first_bad(sample);
  std::string found = bad < stored.size() ? stored_objection(bad) : "";
  for (std::size_t i = 0; i < steps_.size(); ++i) {
    const Transform& step = *steps_[i].transform;
    const std::vector<double> before = sample;
    sample.resize(step.output_shape(Shape{before.size()}).elements());
    step.apply(sample, before.size());
    round(sample);
    bad = first_bad(sample);
    if (bad == sample.size()) {
      found.clear();
    } else if (found.empty()) {
      found = fmt::format("transform {} ({}) takes {}, but column {} has {}", i, steps_[i].type,
                          step.takes(), bad, static_cast<Real>(before[bad]));
    } else if (bad < stored.size() && !std::isfinite(stored[bad])) {
      found = stored_objection(bad);  // what came first in the file may be mended
    }
  }
  return found;
}

std::vector<std::string> Transforms::class_names(std::vector<std::string> stored) const {
  if (!positive_label_) return stored;
  const double positive = *positive_label_;
  if (!(positive >= 0.0 && positive < static_cast<double>(stored.size()))) return {};
  const auto index = static_cast<std::size_t>(positive);
  const std::string other =
      stored.size() == 2 ? stored[1 - index] : fmt::format("not {}", stored[index]);
  return {other, stored[index]};
}

}  // namespace tusk::transforms
