// SPDX-License-Identifier: Apache-2.0
#include "net/exports/onnx_graph.hpp"

#include <fmt/format.h>

#include "core/version.hpp"
#include "tusk/error.hpp"

namespace tusk::exports {
namespace {

constexpr std::int64_t ir_version = 8;
constexpr std::int64_t opset = 17;

// Numbers of fields in onnx.proto (https://github.com/onnx/onnx/blob/main/onnx/onnx.proto).
namespace field {
enum Model : unsigned {
  ir = 1,
  producer = 2,
  producer_version = 3,
  graph = 7,
  opsets = 8,
  metadata = 14
};
enum Graph : unsigned { node = 1, graph_name = 2, initializer = 5, input = 11, output = 12 };
enum Node : unsigned { node_input = 1, node_output = 2, node_name = 3, op_type = 4, attribute = 5 };
enum Tensor : unsigned { dims = 1, data_type = 2, tensor_name = 8, raw_data = 9 };
}  // namespace field

// An attribute with its type's number in AttributeProto.
struct WriteAttribute {
  Message& message;

  void type(std::int64_t number) const { message.add(20, number); }
  void operator()(std::int64_t value) const {
    message.add(3, value);
    type(2);
  }
  void operator()(float value) const {
    message.add(2, value);
    type(1);
  }
  void operator()(const std::string& value) const {
    message.add(4, value);
    type(3);
  }
  void operator()(const OnnxGraph::Ints& values) const {
    for (const std::int64_t value : values) message.add(8, value);
    type(7);
  }
  void operator()(const std::vector<float>& values) const {
    for (const float value : values) message.add(7, value);
    type(6);
  }
  void operator()(const std::vector<std::string>& values) const {
    for (const std::string& value : values) message.add(9, value);
    type(8);
  }
};

Message value_info(const std::string& name, OnnxType type, const Shape& sample) {
  Message shape;
  Message batch;
  batch.add(2, "batch");
  shape.add(1, batch);
  for (const std::size_t extent : sample.extents()) {
    Message axis;
    axis.add(1, static_cast<std::int64_t>(extent));
    shape.add(1, axis);
  }
  Message tensor;
  tensor.add(1, static_cast<std::int64_t>(type));
  tensor.add(2, shape);
  Message its_type;
  its_type.add(1, tensor);
  Message info;
  info.add(1, name);
  info.add(2, its_type);
  return info;
}

std::string_view bytes_of(auto values) {
  const auto bytes = std::as_bytes(values);
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

}  // namespace

std::string OnnxGraph::fresh(const std::string& what) {
  const std::string name = fmt::format("{}/{}", prefix_, what);
  const std::size_t before = counts_[name]++;
  return before == 0 ? name : fmt::format("{}_{}", name, before);
}

void OnnxGraph::add_input(const std::string& name, OnnxType type, const Shape& sample) {
  graph_.add(field::input, value_info(name, type, sample));
}

void OnnxGraph::add_output(const std::string& name, const Shape& sample, const Value& from) {
  Message node;
  node.add(field::node_input, from);
  node.add(field::node_output, name);
  node.add(field::node_name, fresh("output"));
  node.add(field::op_type, "Identity");
  graph_.add(field::node, node);
  graph_.add(field::output, value_info(name, OnnxType::f32, sample));
}

OnnxGraph::Value OnnxGraph::call(const std::string& op, const std::vector<Value>& inputs,
                                 const Attributes& attributes) {
  return call_all(op, inputs, attributes, 1).front();
}

std::vector<OnnxGraph::Value> OnnxGraph::call_all(const std::string& op,
                                                  const std::vector<Value>& inputs,
                                                  const Attributes& attributes,
                                                  std::size_t outputs) {
  const std::string name = fresh(op);
  std::vector<Value> values;
  Message node;
  for (const Value& input : inputs) node.add(field::node_input, input);
  for (std::size_t i = 0; i < outputs; ++i) {
    values.push_back(i == 0 ? name : fmt::format("{}:{}", name, i));
    node.add(field::node_output, values.back());
  }
  node.add(field::node_name, name);
  node.add(field::op_type, op);
  for (const auto& [key, value] : attributes) {
    Message attribute;
    attribute.add(1, key);
    std::visit(WriteAttribute{attribute}, value);
    node.add(field::attribute, attribute);
  }
  graph_.add(field::node, node);
  return values;
}

OnnxGraph::Value OnnxGraph::add_tensor(const std::string& name, OnnxType type, const Ints& extents,
                                       std::string_view bytes) {
  if (!tensors_.insert(name).second) return name;
  Message tensor;
  for (const std::int64_t extent : extents) tensor.add(field::dims, extent);
  tensor.add(field::data_type, static_cast<std::int64_t>(type));
  tensor.add(field::tensor_name, name);
  tensor.add(field::raw_data, bytes);
  graph_.add(field::initializer, tensor);
  return name;
}

OnnxGraph::Value OnnxGraph::weights(const std::string& name, std::span<const float> values,
                                    const Ints& extents) {
  return add_tensor(name, OnnxType::f32, extents, bytes_of(values));
}

OnnxGraph::Value OnnxGraph::constant(std::span<const float> values, const Ints& extents) {
  return add_tensor(fresh("constant"), OnnxType::f32, extents, bytes_of(values));
}

OnnxGraph::Value OnnxGraph::doubles(std::span<const double> values, const Ints& extents) {
  return add_tensor(fresh("constant"), OnnxType::f64, extents, bytes_of(values));
}

OnnxGraph::Value OnnxGraph::ints(const Ints& values) {
  return add_tensor(fresh("constant"), OnnxType::i64, {std::ssize(values)},
                    bytes_of(std::span(values)));
}

OnnxGraph::Value OnnxGraph::integer(std::int64_t value) {
  return add_tensor(fresh("constant"), OnnxType::i64, {}, bytes_of(std::span(&value, 1)));
}

OnnxGraph::Value OnnxGraph::booleans(const std::vector<bool>& values) {
  std::string bytes;
  for (const bool value : values) bytes += value ? '\1' : '\0';
  return add_tensor(fresh("constant"), OnnxType::boolean, {std::ssize(values)}, bytes);
}

OnnxGraph::Value OnnxGraph::reshaped(const Value& value, const Shape& sample) {
  Ints extents{0};  // the batch, as it is
  for (const std::size_t extent : sample.extents()) {
    extents.push_back(static_cast<std::int64_t>(extent));
  }
  return call("Reshape", {value, ints(extents)});
}

OnnxGraph::Value OnnxGraph::cast(const Value& value, OnnxType type) {
  return call("Cast", {value}, {{"to", static_cast<std::int64_t>(type)}});
}

std::string OnnxGraph::model(
    const std::vector<std::pair<std::string, std::string>>& metadata) const {
  Message graph = graph_;
  graph.add(field::graph_name, "tusk");
  Message operators;
  operators.add(1, "");
  operators.add(2, opset);
  Message model;
  model.add(field::ir, ir_version);
  model.add(field::producer, "tusk");
  model.add(field::producer_version, version);
  model.add(field::opsets, operators);
  model.add(field::graph, graph);
  for (const auto& [key, value] : metadata) {
    Message entry;
    entry.add(1, key);
    entry.add(2, value);
    model.add(field::metadata, entry);
  }
  constexpr std::size_t most = std::size_t{1} << 31U;
  if (model.bytes().size() >= most) {
    fail(ExitCode::bad_data, "the model is larger than the 2 GiB that a file of ONNX can have");
  }
  return std::string(model.bytes());
}

}  // namespace tusk::exports
