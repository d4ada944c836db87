// SPDX-License-Identifier: Apache-2.0
#include "net/formats/transform_layers.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <nlohmann/json.hpp>
#include <utility>

#include "tusk/error.hpp"

namespace tusk::formats {
namespace {

using Json = nlohmann::json;
using Numbers = std::vector<double>;

constexpr double float_most = std::numeric_limits<float>::max();
constexpr double float_step = 1.0 / (1 << 24);  // by which rounding to float32 is off at most
constexpr double tolerance = 1e-5;

double rounded(double x) { return static_cast<double>(static_cast<float>(x)); }

// What a step cannot be, in layers of Keras.
struct Obstacle {
  std::string reason;
};

// Makes the layers one behind the other. `value_` is what the steps so far have left.
class FrontBuilder {
 public:
  FrontBuilder(const Shape& stored, std::string prefix)
      : prefix_(std::move(prefix)), shape_(stored) {}

  void add(const Json& step, bool from_float64) {
    const std::string type = step.at("type");
    is_double_ = from_float64;
    if (type == "standard" || type == "minmax") return add_affine(step);
    if (type == "scale") return add_scale(step);
    if (type == "clip") return add_clip(step);
    if (type == "missing") return add_missing(step);
    if (type == "reshape") return add_reshape(step.at("shape").get<std::vector<std::size_t>>());
    if (type == "log") throw Obstacle{"layers of Keras have no logarithm"};
    if (type == "normalize") throw Obstacle{"layers of Keras have no such quotient"};
    if (type == "one_hot") throw Obstacle{"layers of Keras cannot refuse an unknown category"};
    throw Obstacle{"it is no transform of Tusk's own"};
  }

  TransformLayers finish(const Shape& input) && {
    if (shape_ != input) add_reshape(input.extents());
    return {std::move(layers_), "", std::move(imprecise_)};
  }

 private:
  // The columns of a step, all or some, and the numbers that it has for each.
  struct Columns {
    bool all = true;
    std::vector<std::size_t> numbers;

    // A number for every column of a row: those given for these columns, `otherwise` for the rest.
    Numbers spread(const Numbers& values, std::size_t width, double otherwise) const {
      Numbers wide(width, otherwise);
      for (std::size_t i = 0; i < numbers.size(); ++i) {
        wide[numbers[i]] = values[values.size() == 1 ? 0 : i];
      }
      return wide;
    }
  };

  const std::string& call(LayerOptions kind, std::vector<std::string> inputs) {
    LayerEntry entry(std::move(kind));
    entry.name = fmt::format("{}_{}", prefix_, layers_.size() + 1);
    entry.inputs = std::move(inputs);
    layers_.push_back(std::move(entry));
    return layers_.back().name;
  }

  void rescale(double scale, double offset) {
    if (scale == 1.0 && offset == 0.0) return;
    value_ = call(RescalingOptions{.scale = scale, .offset = offset}, {value_});
  }

  std::string rescaled(const std::string& value, double scale, double offset) {
    return call(RescalingOptions{.scale = scale, .offset = offset}, {value});
  }

  std::string relu(const std::string& value, double most) {
    ReluOptions options;
    if (most < float_most) options.max_value = most;
    return call(options, {value});
  }

  std::string sum(const std::string& a, const std::string& b) { return call(AddOptions{}, {a, b}); }
  std::string product(const std::string& a, const std::string& b) {
    return call(MultiplyOptions{}, {a, b});
  }

  // (x − means)/√variances.
  std::string normalized(const std::string& value, Numbers means, Numbers variances) {
    return call(NormalizationOptions{.mean = std::move(means), .variance = std::move(variances)},
                {value});
  }

  // A value that is the same for every row.
  std::string constant(Numbers values) {
    const bool one = std::ranges::all_of(values, [&](double x) { return x == values.front(); });
    if (one) return rescaled(value_, 0.0, values.front());
    const std::string zeros = rescaled(value_, 0.0, 0.0);
    for (double& x : values) x = 0.0 - x;
    Numbers ones(values.size(), 1.0);
    return normalized(zeros, std::move(values), std::move(ones));
  }

  // The columns of a step that has `learned` numbers for them, 0: as many as there are. Layers see
  // columns along the only axis of a sample.
  Columns columns_of(const Json& step, std::size_t learned) {
    const std::size_t width = shape_.elements();
    Columns columns;
    if (const auto some = step.find("columns"); some != step.end()) {
      columns.all = false;
      columns.numbers = some->get<std::vector<std::size_t>>();
    } else {
      for (std::size_t i = 0; i < width; ++i) columns.numbers.push_back(i);
    }
    const bool fits = std::ranges::all_of(columns.numbers, [&](auto i) { return i < width; }) &&
                      (learned == 0 || learned == columns.numbers.size());
    if (!fits) fail(ExitCode::bad_data, "a transform of {} columns has others", width);
    if ((!columns.all || learned > 0) && shape_.rank() != 1) add_reshape({width});
    return columns;
  }

  // `changed` in these columns, and the value as it is in the others.
  void take(const Columns& columns, const std::string& changed) {
    if (columns.all) {
      value_ = changed;
      return;
    }
    const std::size_t width = shape_.elements();
    const std::string mine = product(changed, constant(columns.spread({1.0}, width, 0.0)));
    value_ = sum(product(value_, constant(columns.spread({0.0}, width, 1.0))), mine);
  }

  void add_affine(const Json& step) {
    const Numbers some_centers = step.at("centers");
    const Numbers some_slopes = step.at("slopes");
    const double base = step.at("base");
    if (some_slopes.size() != some_centers.size()) fail(ExitCode::bad_data, "slopes are missing");
    const Columns columns = columns_of(step, some_centers.size());
    const std::size_t width = shape_.elements();
    Numbers centers = columns.spread(some_centers, width, 0.0);
    const Numbers slopes = columns.spread(some_slopes, width, 1.0);
    warn_of_digits(centers, slopes);

    Numbers variances;
    Numbers rests;
    bool has_rest = false;  // what float32 loses of a center matters
    bool fits = true;       // the slopes are within what Normalization divides by
    for (std::size_t i = 0; i < width; ++i) {
      rests.push_back(centers[i] - rounded(centers[i]));
      has_rest = has_rest || std::abs(rests[i] * slopes[i]) > 1e-7;
      variances.push_back(1.0 / (slopes[i] * slopes[i]));
      fits = fits && slopes[i] > 1e-15 && slopes[i] < 1e6;
    }
    const Numbers ones(width, 1.0);
    if (has_rest) {
      for (double& center : centers) center = rounded(center);
      value_ = normalized(value_, std::move(centers), ones);
      centers = std::move(rests);
    }
    value_ = normalized(value_, std::move(centers), fits ? variances : ones);
    if (!fits) value_ = product(value_, constant(slopes));
    if (base == 0.0) return;
    if (columns.all) return rescale(1.0, base);
    value_ = sum(value_, constant(columns.spread({base}, width, 0.0)));
  }

  // Rows of float64 and wide integers lose digits on their way into Keras.
  void warn_of_digits(const Numbers& centers, const Numbers& slopes) {
    if (!is_double_) return;
    for (std::size_t i = 0; i < centers.size(); ++i) {
      const double error = std::abs(centers[i] * slopes[i]) * float_step;
      if (error <= tolerance) continue;
      imprecise_.push_back(
          fmt::format("column {} lies around {:.6g}, which float32 rounds by up to {:.1g} of what "
                      "the transform "
                      "leaves",
                      i, centers[i], error));
      return;  // one is enough to know
    }
  }

  void add_scale(const Json& step) {
    const double factor = step.at("factor");
    const double offset = step.at("offset");
    const Columns columns = columns_of(step, 0);
    if (std::abs(offset) * float_step > tolerance) {
      imprecise_.push_back(
          fmt::format("a scale adds {:.6g}, beside which float32 keeps no 1e-5", offset));
    }
    if (columns.all) return rescale(factor, offset);
    const std::size_t width = shape_.elements();
    value_ = product(value_, constant(columns.spread({factor}, width, 1.0)));
    if (offset != 0.0) value_ = sum(value_, constant(columns.spread({offset}, width, 0.0)));
  }

  void add_clip(const Json& step) {
    const double low = step.at("low");
    const double high = step.at("high");
    const Columns columns = columns_of(step, 0);
    if (low <= -float_most && high >= float_most) return;
    const double range = high >= float_most || low <= -float_most ? float_most : high - low;
    std::string clipped;
    if (low >= 0.0) {
      clipped = rescaled(relu(rescaled(value_, 1.0, -low), range), 1.0, low);
    } else if (high <= 0.0) {
      clipped = rescaled(relu(rescaled(value_, -1.0, high), range), -1.0, high);
    } else {
      const std::string above = relu(value_, high);
      const std::string below = relu(rescaled(value_, -1.0, 0.0), -low);
      clipped = call(SubtractOptions{}, {above, below});
    }
    take(columns, clipped);
  }

  void add_missing(const Json& step) {
    if (!step.at("value").is_number()) throw Obstacle{"layers of Keras have no test for NaN"};
    const double gap = rounded(step.at("value"));
    if (!std::isfinite(gap)) throw Obstacle{"it looks for a number beyond float32"};
    const Numbers fills = step.at("fills");
    const Columns columns = columns_of(step, fills.size());
    const std::size_t width = shape_.elements();
    const std::string difference = rescaled(value_, 1.0, 0.0 - gap);
    const std::string distance =
        sum(relu(difference, float_most), relu(rescaled(difference, -1.0, 0.0), float_most));
    std::string there = relu(rescaled(distance, 1e38, 0.0), 1.0);
    if (!columns.all) {
      there = relu(sum(there, constant(columns.spread({0.0}, width, 1.0))), 1.0);
    }
    const std::string absent = rescaled(there, -1.0, 1.0);
    const std::string filled = product(absent, constant(columns.spread(fills, width, 0.0)));
    value_ = sum(product(value_, there), filled);
  }

  void add_reshape(const std::vector<std::size_t>& extents) {
    shape_ = Shape(extents);
    value_ = call(ReshapeOptions{.target_shape = {extents.begin(), extents.end()}}, {value_});
  }

  std::string prefix_;
  std::vector<LayerEntry> layers_;
  std::vector<std::string> imprecise_;
  std::string value_ = rows_name;
  Shape shape_;
  bool is_double_ = false;
};

bool is_of_label(const Json& step) { return step.at("type") == "binary_label"; }

// Transforms of labels, which would have to be undone behind the outputs.
constexpr const char* labels_left =
    "transforms of labels are not undone: Keras predicts what the network learns";

}  // namespace

TransformLayers layers_of_transforms(const std::string& transforms, const Shape& stored,
                                     const Shape& input, const std::string& prefix) try {
  FrontBuilder builder(stored, prefix);
  bool from_float64 = false;
  bool labels_are_left = false;
  std::size_t index = 0;
  for (const Json& step : Json::parse(transforms)) {
    if (step.at("type") == "precision") {
      from_float64 = step.at("numbers") == "float64";
      continue;
    }
    if (is_of_label(step)) continue;
    if (step.at("type") == "labels") {
      labels_are_left = true;
      continue;
    }
    try {
      builder.add(step, from_float64);
    } catch (const Obstacle& obstacle) {
      return {.layers = {},
              .obstacle = fmt::format("transform {} ({}) cannot be written for Keras, as {}", index,
                                      step.at("type").get<std::string>(), obstacle.reason),
              .imprecise = {}};
    }
    ++index;
  }
  TransformLayers layers;
  if (index > 0) layers = std::move(builder).finish(input);
  if (labels_are_left) layers.imprecise.emplace_back(labels_left);
  return layers;
} catch (const Json::exception& error) {
  fail(ExitCode::bad_data, "the transforms cannot be read: {}", error.what());
}

}  // namespace tusk::formats
