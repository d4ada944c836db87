// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <map>
#include <set>
#include <span>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "net/exports/protobuf.hpp"
#include "tusk/shape.hpp"

namespace tusk::exports {

enum class OnnxType { f32 = 1, i64 = 7, boolean = 9, f64 = 11 };  // ONNX's numbers

// A graph of ONNX under construction. Values go by their names. Operators are those of opset 17,
// which onnxruntime runs since 1.12; see https://onnx.ai/onnx/operators.
class OnnxGraph {
 public:
  using Ints = std::vector<std::int64_t>;
  using Value = std::string;
  using Attribute = std::variant<std::int64_t, float, std::string, Ints, std::vector<float>,
                                 std::vector<std::string>>;
  using Attributes = std::vector<std::pair<std::string, Attribute>>;

  // What is made from now on is called after this.
  void begin(const std::string& name) { prefix_ = name; }
  const std::string& place() const { return prefix_; }

  // Inputs and outputs of the whole, with the batch as an axis of any size in front.
  void add_input(const std::string& name, OnnxType type, const Shape& sample);
  void add_output(const std::string& name, const Shape& sample, const Value& from);

  // A call of an operator with one output, or several.
  Value call(const std::string& op, const std::vector<Value>& inputs,
             const Attributes& attributes = {});
  std::vector<Value> call_all(const std::string& op, const std::vector<Value>& inputs,
                              const Attributes& attributes, std::size_t outputs);

  // Constants. One of a name that is there already is that one.
  Value weights(const std::string& name, std::span<const float> values, const Ints& extents);
  Value constant(std::span<const float> values, const Ints& extents);
  Value number(float value) { return constant(std::span(&value, 1), {}); }
  Value doubles(std::span<const double> values, const Ints& extents);
  Value number64(double value) { return doubles(std::span(&value, 1), {}); }
  Value ints(const Ints& values);
  Value integer(std::int64_t value);
  Value booleans(const std::vector<bool>& values);

  // The shape of a whole batch: (batch, …).
  Value reshaped(const Value& value, const Shape& sample);
  Value cast(const Value& value, OnnxType type);

  // The file: a ModelProto with these texts as its metadata. Error(bad_data) beyond 2 GiB, which
  // Protocol Buffers cannot have.
  std::string model(const std::vector<std::pair<std::string, std::string>>& metadata) const;

 private:
  std::string fresh(const std::string& what);
  Value add_tensor(const std::string& name, OnnxType type, const Ints& extents,
                   std::string_view bytes);

  std::string prefix_;
  std::map<std::string, std::size_t> counts_;
  std::set<std::string> tensors_;
  Message graph_;
};

}  // namespace tusk::exports
