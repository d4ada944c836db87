// SPDX-License-Identifier: Apache-2.0
#include "net/exports/onnx_transforms.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <nlohmann/json.hpp>
#include <vector>

#include "tusk/error.hpp"

namespace tusk::exports {
namespace {

using Json = nlohmann::json;
using Numbers = std::vector<double>;
using Value = OnnxGraph::Value;

constexpr double nan = std::numeric_limits<double>::quiet_NaN();

double rounded(double x) { return static_cast<double>(static_cast<float>(x)); }

// Steps one behind the other. A row is (batch, width), double precision; behind each step it is
// rounded to float32 where samples are kept so (transforms::Precision).
class StepWriter {
 public:
  StepWriter(OnnxGraph& onnx, Value rows, std::size_t width, bool rounds)
      : onnx_(onnx), value_(std::move(rows)), width_(width), rounds_(rounds) {}

  void add(const Json& step) {
    const std::string type = step.at("type");
    if (type == "standard" || type == "minmax") {
      add_affine(step);
    } else if (type == "scale") {
      add_scale(step);
    } else if (type == "clip") {
      add_clip(step);
    } else if (type == "missing") {
      add_missing(step);
    } else if (type == "log") {
      add_log(step);
    } else if (type == "normalize") {
      add_normalize(step);
    } else if (type == "one_hot") {
      add_one_hot(step);
    } else if (type == "labels") {
      fail(ExitCode::bad_data, "its label_transforms, which predictions undo, cannot be written");
    } else if (type != "reshape") {  // rows have no shape
      fail(ExitCode::bad_data, "'{}' is a transform of your own, which ONNX has no operator for",
           type);
    }
    if (rounds_) value_ = onnx_.cast(onnx_.cast(value_, OnnxType::f32), OnnxType::f64);
  }

  const Value& value() const { return value_; }
  std::size_t width() const { return width_; }

 private:
  // The columns of a step, all or some.
  std::vector<std::size_t> columns_of(const Json& step) const {
    std::vector<std::size_t> columns;
    if (const auto some = step.find("columns"); some != step.end()) {
      columns = some->get<std::vector<std::size_t>>();
    } else {
      for (std::size_t i = 0; i < width_; ++i) columns.push_back(i);
    }
    for (const std::size_t column : columns) {
      if (column >= width_) fail(ExitCode::bad_data, "there is no column {}", column);
    }
    return columns;
  }

  // A number for every column: those of the step's columns, `otherwise` for the rest.
  Value spread(const Json& step, const Numbers& values, double otherwise) {
    const std::vector<std::size_t> columns = columns_of(step);
    if (columns.size() != values.size()) {
      fail(ExitCode::bad_data, "{} numbers for {} columns", values.size(), columns.size());
    }
    Numbers wide(width_, otherwise);
    for (std::size_t i = 0; i < columns.size(); ++i) wide[columns[i]] = values[i];
    return onnx_.doubles(wide, {static_cast<std::int64_t>(width_)});
  }

  // Which columns the step is about.
  Value chosen(const Json& step) {
    std::vector<bool> is_chosen(width_);
    for (const std::size_t column : columns_of(step)) is_chosen[column] = true;
    return onnx_.booleans(is_chosen);
  }

  // `changed` in the columns of the step.
  void take(const Json& step, const Value& changed) {
    value_ =
        step.contains("columns") ? onnx_.call("Where", {chosen(step), changed, value_}) : changed;
  }

  void add_affine(const Json& step) {
    const Value centers = spread(step, step.at("centers"), 0.0);
    const Value slopes = spread(step, step.at("slopes"), 1.0);
    const Value scaled = onnx_.call("Mul", {onnx_.call("Sub", {value_, centers}), slopes});
    take(step, onnx_.call("Add", {scaled, onnx_.number64(step.at("base"))}));
  }

  // In float32 where samples are kept so.
  void add_scale(const Json& step) {
    const double factor = step.at("factor");
    const double offset = step.at("offset");
    Value changed;
    if (step.value("precision", "float32") == "float32") {
      const Value single = onnx_.cast(value_, OnnxType::f32);
      const Value scaled = onnx_.call("Mul", {single, onnx_.number(static_cast<float>(factor))});
      const Value moved = onnx_.call("Add", {scaled, onnx_.number(static_cast<float>(offset))});
      changed = onnx_.cast(moved, OnnxType::f64);
    } else {
      const Value scaled = onnx_.call("Mul", {value_, onnx_.number64(factor)});
      changed = onnx_.call("Add", {scaled, onnx_.number64(offset)});
    }
    take(step, changed);
  }

  // A NaN stays one.
  void add_clip(const Json& step) {
    constexpr double most = std::numeric_limits<float>::max();
    const Value low = onnx_.number64(std::max(step.at("low").get<double>(), -most));
    const Value high = onnx_.number64(std::min(step.at("high").get<double>(), most));
    const Value above = onnx_.call("Where", {onnx_.call("Less", {value_, low}), low, value_});
    take(step, onnx_.call("Where", {onnx_.call("Greater", {above, high}), high, above}));
  }

  void add_missing(const Json& step) {
    const Json& gap = step.at("value");
    Value is_missing;
    if (gap.is_number()) {
      const Value exactly = onnx_.call("Equal", {value_, onnx_.number64(gap)});
      const Value nearly = onnx_.call("Equal", {value_, onnx_.number64(rounded(gap))});
      is_missing = onnx_.call("Or", {exactly, nearly});
    } else {
      is_missing = onnx_.call("IsNaN", {value_});
    }
    take(step, onnx_.call("Where", {is_missing, spread(step, step.at("fills"), 0.0), value_}));
  }

  void add_log(const Json& step) {
    const Value moved = onnx_.call("Add", {value_, onnx_.number64(step.at("offset"))});
    take(step, onnx_.call("Log", {moved}));
  }

  void add_normalize(const Json& step) {
    const Json& given = step.at("p");
    const double p = given == "inf" ? std::numeric_limits<double>::infinity() : given.get<double>();
    Value sizes = onnx_.call("Abs", {value_});
    if (step.contains("columns")) {
      sizes = onnx_.call("Where", {chosen(step), sizes, onnx_.number64(0.0)});
    }
    const auto sum = [&](const Value& value) {
      return onnx_.call("ReduceSum", {value, onnx_.ints({1})});
    };
    Value norm;
    if (p == 1.0) {
      norm = sum(sizes);
    } else {
      const Value largest =
          nonzero(onnx_.call("ReduceMax", {sizes}, {{"axes", OnnxGraph::Ints{1}}}));
      norm = largest;
      if (std::isfinite(p)) {  // powers of numbers up to 1, which do not overflow
        const Value shares = onnx_.call("Div", {sizes, largest});
        const Value powers = sum(onnx_.call("Pow", {shares, onnx_.number64(p)}));
        norm = onnx_.call("Mul", {largest, onnx_.call("Pow", {powers, onnx_.number64(1.0 / p)})});
      }
    }
    take(step, onnx_.call("Div", {value_, nonzero(norm)}));
  }

  // 1 where it is 0: a row of zeros stays one.
  Value nonzero(const Value& value) {
    const Value is_zero = onnx_.call("Equal", {value, onnx_.number64(0.0)});
    return onnx_.call("Where", {is_zero, onnx_.number64(1.0), value});
  }

  // Columns [first, last) of the rows.
  Value part(std::size_t first, std::size_t last) {
    return onnx_.call("Slice", {value_, onnx_.ints({static_cast<std::int64_t>(first)}),
                                onnx_.ints({static_cast<std::int64_t>(last)}), onnx_.ints({1})});
  }

  // A category is itself or, unless it is a whole number, what float32 makes of it.
  void add_one_hot(const Json& step) {
    const std::size_t column = step.at("column");
    const Numbers categories = step.at("categories");
    if (column >= width_) fail(ExitCode::bad_data, "there is no column {}", column);
    const auto count = static_cast<std::int64_t>(categories.size());
    Numbers others = categories;
    for (double& other : others) {
      const double single = rounded(other);
      const bool is_taken =
          other == std::trunc(other) || std::ranges::find(categories, single) != categories.end();
      if (!is_taken) other = single;
    }
    const Value x = part(column, column + 1);
    const Value exact = onnx_.call("Equal", {x, onnx_.doubles(categories, {count})});
    const Value near = onnx_.call("Equal", {x, onnx_.doubles(others, {count})});
    Value hot = onnx_.cast(onnx_.call("Or", {exact, near}), OnnxType::f64);
    Value is_wrong;
    if (step.at("unknown") == "error") {
      const Value found = onnx_.call("ReduceMax", {hot}, {{"axes", OnnxGraph::Ints{1}}});
      is_wrong = onnx_.call("Equal", {found, onnx_.number64(0.0)});
    } else {  // x − x is NaN where x is not finite
      is_wrong = onnx_.call("IsNaN", {onnx_.call("Sub", {x, x})});
    }
    hot = onnx_.call("Where", {is_wrong, onnx_.number64(nan), hot});
    std::vector<Value> parts;
    if (column > 0) parts.push_back(part(0, column));
    parts.push_back(hot);
    if (column + 1 < width_) parts.push_back(part(column + 1, width_));
    value_ = onnx_.call("Concat", parts, {{"axis", std::int64_t{1}}});
    width_ += categories.size() - 1;
  }

  OnnxGraph& onnx_;
  Value value_;
  std::size_t width_;
  bool rounds_;
};

bool is_of_samples(const Json& step) {
  return step.at("type") != "precision" && step.at("type") != "binary_label";
}

}  // namespace

OnnxTransforms look_at(const std::string& transforms) {
  OnnxTransforms seen;
  for (const Json& step : Json::parse(transforms)) {
    if (step.at("type") == "precision") seen.from_float64 = step.at("numbers") == "float64";
    if (is_of_samples(step)) seen.are_none = false;
  }
  return seen;
}

Shape stored_shape(const std::string& transforms, const Shape& input) {
  std::size_t width = input.elements();
  bool is_row = false;
  for (const Json& step : Json::parse(transforms)) {
    if (step.at("type") == "reshape") is_row = true;
    if (step.at("type") != "one_hot") continue;
    is_row = true;
    const std::size_t added = step.at("categories").size() - 1;
    if (step.at("categories").empty() || added >= width) {
      fail(ExitCode::bad_data, "a one_hot of {} categories does not leave {} columns", added + 1,
           input.elements());
    }
    width -= added;
  }
  return is_row ? Shape{width} : input;
}

OnnxGraph::Value add_transforms(OnnxGraph& onnx, const OnnxGraph::Value& rows,
                                const std::string& transforms, const Shape& stored,
                                const Shape& input) {
  const OnnxTransforms seen = look_at(transforms);
  onnx.begin("transforms");
  Value start = onnx.reshaped(rows, Shape{stored.elements()});
  if (!seen.from_float64) start = onnx.cast(start, OnnxType::f64);
  StepWriter writer(onnx, start, stored.elements(), !seen.from_float64);
  std::size_t index = 0;
  for (const Json& step : Json::parse(transforms)) {
    if (!is_of_samples(step)) continue;
    try {
      writer.add(step);
    } catch (const Error& error) {
      fail(error.code(), "transform {}: {}", index, error.what());
    }
    ++index;
  }
  if (writer.width() != input.elements()) {
    fail(ExitCode::bad_data, "the transforms leave {} numbers, but the network takes {}",
         writer.width(), input.elements());
  }
  return onnx.reshaped(onnx.cast(writer.value(), OnnxType::f32), input);
}

}  // namespace tusk::exports
