// SPDX-License-Identifier: Apache-2.0
#include "net/exports/onnx_transform_steps.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <nlohmann/json.hpp>
#include <utility>
#include <vector>

#include "tusk/error.hpp"

namespace tusk::exports {
namespace {

using Json = nlohmann::json;
using Numbers = std::vector<double>;
using Value = OnnxGraph::Value;

constexpr double nan = std::numeric_limits<double>::quiet_NaN();

double rounded(double x) { return static_cast<double>(static_cast<float>(x)); }

// One step, there or back.
class StepWriter {
 public:
  StepWriter(OnnxGraph& onnx, OnnxRows rows)
      : onnx_(onnx), value_(std::move(rows.value)), width_(rows.width) {}

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
    } else if (type != "reshape") {  // rows have no shape
      fail(ExitCode::bad_data, "'{}' is a transform of your own, which ONNX has no operator for",
           type);
    }
  }

  void undo(const Json& step) {
    const std::string type = step.at("type");
    if (type == "standard" || type == "minmax") {
      undo_affine(step);
    } else if (type == "scale") {
      const Value moved = onnx_.call("Sub", {value_, onnx_.number64(step.at("offset"))});
      take(step, onnx_.call("Div", {moved, onnx_.number64(step.at("factor"))}));
    } else if (type == "log") {
      const Value powers = onnx_.call("Exp", {value_});
      take(step, onnx_.call("Sub", {powers, onnx_.number64(step.at("offset"))}));
    } else {
      fail(ExitCode::bad_data, "'{}' is a transform of labels that ONNX has no operator to undo",
           type);
    }
  }

  OnnxRows rows() const { return {value_, width_}; }

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

  // What has been made of a column that never changed is its center.
  void undo_affine(const Json& step) {
    Numbers slopes = step.at("slopes");
    Numbers bases(slopes.size(), step.at("base").get<double>());
    for (std::size_t i = 0; i < slopes.size(); ++i) {
      if (slopes[i] != 0.0) continue;
      slopes[i] = std::numeric_limits<double>::infinity();  // (y − 0)/∞ = 0
      bases[i] = 0.0;
    }
    const Value moved = onnx_.call("Sub", {value_, spread(step, bases, 0.0)});
    const Value scaled = onnx_.call("Div", {moved, spread(step, slopes, 1.0)});
    take(step, onnx_.call("Add", {scaled, spread(step, step.at("centers"), 0.0)}));
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
};

}  // namespace

OnnxRows do_step(OnnxGraph& onnx, const OnnxRows& rows, const nlohmann::json& step) {
  StepWriter writer(onnx, rows);
  writer.add(step);
  return writer.rows();
}

OnnxRows undo_step(OnnxGraph& onnx, const OnnxRows& rows, const nlohmann::json& step) {
  StepWriter writer(onnx, rows);
  writer.undo(step);
  return writer.rows();
}

}  // namespace tusk::exports
