// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <array>
#include <variant>

#include "net/exports/onnx_layers.hpp"
#include "net/exports/onnx_masks.hpp"
#include "tusk/error.hpp"

namespace tusk::exports {
namespace {

using Ints = OnnxGraph::Ints;

// Activations of cells: those that ONNX lists for its recurrent operators, in the order in which
// the operators name them.
class CellActivations {
 public:
  void add(Activation activation) {
    switch (activation) {
      case Activation::linear:
        return add("Affine", {1.0F, 0.0F});
      case Activation::relu:
        return add("Relu", {});
      case Activation::sigmoid:
        return add("Sigmoid", {});
      case Activation::tanh:
        return add("Tanh", {});
      case Activation::elu:
        return add("Elu", {1.0F});
      case Activation::softplus:
        return add("Softplus", {});
      case Activation::leaky_relu:
        return add("LeakyRelu", {0.2F});
      case Activation::hard_sigmoid:
        return add("HardSigmoid", {1.0F / 6.0F, 0.5F});
      case Activation::hard_sigmoid_keras2:
        return add("HardSigmoid", {0.2F, 0.5F});
      case Activation::softmax:
      case Activation::selu:
      case Activation::silu:
      case Activation::gelu:
        break;
    }
    fail(ExitCode::bad_data, "ONNX has no activation '{}' within a recurrent cell",
         name_of(activation));
  }

  void add_to(OnnxGraph::Attributes& attributes) const {
    attributes.emplace_back("activations", names_);
    if (!alphas_.empty()) attributes.emplace_back("activation_alpha", alphas_);
    if (!betas_.empty()) attributes.emplace_back("activation_beta", betas_);
  }

 private:
  void add(const char* name, const std::vector<float>& numbers) {
    names_.emplace_back(name);
    if (!numbers.empty()) alphas_.push_back(numbers[0]);
    if (numbers.size() > 1) betas_.push_back(numbers[1]);
  }

  std::vector<std::string> names_;
  std::vector<float> alphas_;
  std::vector<float> betas_;
};

// Gates of Keras's that stand at each place in ONNX.
constexpr std::array<std::size_t, 4> lstm_gates{0, 3, 1, 2};  // i f c o as i o f c
constexpr std::array<std::size_t, 3> gru_gates{0, 1, 2};      // z r h in both

// (rows, gates · units) as (gates · units, rows), gates in the order of ONNX.
std::vector<float> gate_rows(std::span<const float> kernel, std::size_t units,
                             std::span<const std::size_t> gates) {
  const std::size_t width = gates.size() * units;
  const std::size_t rows = kernel.size() / width;
  std::vector<float> out(kernel.size());
  for (std::size_t gate = 0; gate < gates.size(); ++gate) {
    for (std::size_t unit = 0; unit < units; ++unit) {
      for (std::size_t row = 0; row < rows; ++row) {
        out[(gate * units + unit) * rows + row] = kernel[row * width + gates[gate] * units + unit];
      }
    }
  }
  return out;
}

// One layer in one direction: its weights begin with `prefix`.
struct Direction {
  std::string prefix;
  bool backwards = false;
  bool zeros_where_masked = false;  // instead of the output before
};

struct Outputs {
  Value sequence;  // (batch, steps, units), in the order in which the steps are done
  Value last;      // (batch, units)
};

Outputs run(const LayerCall& call, const RecurrentOptions& options, const Direction& direction,
            const char* op, std::span<const std::size_t> gates, OnnxGraph::Attributes attributes) {
  OnnxGraph& onnx = call.onnx;
  const std::size_t units = options.units;
  const auto width = static_cast<std::int64_t>(gates.size() * units);
  const auto weights = [&](const char* name, std::int64_t rows) {
    const std::string its = direction.prefix + name;
    return call.weights(its, gate_rows(call.array(its).values, units, gates), {1, width, rows});
  };
  Value x = call.input();
  std::optional<MaskedSteps> masked;
  if (call.mask) {
    const bool turned = direction.backwards;
    masked.emplace(onnx, turned ? reversed_steps(onnx, *call.mask) : *call.mask, call.shape()[0]);
    x = masked->to_front(turned ? reversed_steps(onnx, x) : x);
  }
  const bool op_turns = direction.backwards && !masked;
  std::vector<Value> inputs{onnx.call("Transpose", {x}, {{"perm", Ints{1, 0, 2}}}),
                            weights("kernel", static_cast<std::int64_t>(call.shape()[1])),
                            weights("recurrent_kernel", static_cast<std::int64_t>(units))};
  if (options.use_bias) {
    // Of the input, then of the state: zeros, where Keras has one for both.
    const std::string its = direction.prefix + "bias";
    const std::span<const float> stored = call.array(its).values;
    std::vector<float> bias(2 * gates.size() * units);
    const std::size_t half = bias.size() / 2;
    for (std::size_t first = 0; first < stored.size(); first += half) {
      const auto part = gate_rows(stored.subspan(first, half), units, gates);
      std::ranges::copy(part, bias.begin() + static_cast<std::ptrdiff_t>(first));
    }
    inputs.push_back(call.weights(its, bias, {1, 2 * width}));
  }
  attributes.emplace_back("hidden_size", static_cast<std::int64_t>(units));
  attributes.emplace_back("direction", std::string(op_turns ? "reverse" : "forward"));
  const std::vector<Value> made = onnx.call_all(op, inputs, attributes, 2);
  Outputs outputs;
  const Value steps = onnx.call("Squeeze", {made[0], onnx.ints({1})});
  outputs.sequence = onnx.call("Transpose", {steps}, {{"perm", Ints{1, 0, 2}}});
  if (!masked) {
    if (op_turns) outputs.sequence = reversed_steps(onnx, outputs.sequence);
    outputs.last = onnx.call("Squeeze", {made[1], onnx.ints({0})});
    return outputs;
  }
  outputs.sequence = direction.zeros_where_masked ? masked->zeroed(outputs.sequence)
                                                  : masked->held(outputs.sequence);
  outputs.last =
      onnx.call("Gather", {outputs.sequence, onnx.integer(-1)}, {{"axis", std::int64_t{1}}});
  return outputs;
}

Outputs run(const LayerCall& call, const LstmOptions& options, const Direction& direction) {
  CellActivations activations;
  activations.add(options.recurrent_activation);
  activations.add(options.cell_activation);
  activations.add(options.cell_activation);
  OnnxGraph::Attributes attributes;
  activations.add_to(attributes);
  return run(call, options, direction, "LSTM", lstm_gates, std::move(attributes));
}

Outputs run(const LayerCall& call, const GruOptions& options, const Direction& direction) {
  CellActivations activations;
  activations.add(options.recurrent_activation);
  activations.add(options.cell_activation);
  OnnxGraph::Attributes attributes{
      {"linear_before_reset", std::int64_t{options.reset_after ? 1 : 0}}};
  activations.add_to(attributes);
  return run(call, options, direction, "GRU", gru_gates, std::move(attributes));
}

template <typename Options>
Value one_way(const LayerCall& call, const Options& options) {
  const Outputs outputs = run(call, options, {.prefix = "", .backwards = options.go_backwards});
  return options.return_sequences ? outputs.sequence : outputs.last;
}

// The backward layer reads from the other end; its steps are put in the forward one's order.
template <typename Options>
Value both_ways(const LayerCall& call, const Options& options, MergeMode mode) {
  OnnxGraph& onnx = call.onnx;
  const bool all = options.return_sequences;
  const Outputs ahead =
      run(call, options,
          {.prefix = "forward_", .backwards = options.go_backwards, .zeros_where_masked = all});
  const Outputs back =
      run(call, options,
          {.prefix = "backward_", .backwards = !options.go_backwards, .zeros_where_masked = all});
  const Value a = all ? ahead.sequence : ahead.last;
  const Value b = all ? reversed_steps(onnx, back.sequence) : back.last;
  switch (mode) {
    case MergeMode::concat:
      return onnx.call("Concat", {a, b}, {{"axis", std::int64_t{-1}}});
    case MergeMode::sum:
      return onnx.call("Add", {a, b});
    case MergeMode::mul:
      return onnx.call("Mul", {a, b});
    case MergeMode::ave:
      return onnx.call("Mul", {onnx.call("Add", {a, b}), onnx.number(0.5F)});
  }
  fail(ExitCode::internal, "a merge mode without an operator");
}

}  // namespace

Value to_onnx(const LayerCall& call, const EmbeddingOptions& /*options*/) {
  const Value indices = call.onnx.cast(call.input(), OnnxType::i64);
  return call.onnx.call("Gather", {call.weights("embeddings"), indices});
}

Value to_onnx(const LayerCall& call, const GruOptions& options) { return one_way(call, options); }
Value to_onnx(const LayerCall& call, const LstmOptions& options) { return one_way(call, options); }

Value to_onnx(const LayerCall& call, const BidirectionalOptions& options) {
  const LayerOptions& inner = (*options.layer).layer;
  if (const auto* lstm = std::get_if<LstmOptions>(&inner)) {
    return both_ways(call, *lstm, options.merge_mode);
  }
  if (const auto* gru = std::get_if<GruOptions>(&inner)) {
    return both_ways(call, *gru, options.merge_mode);
  }
  fail(ExitCode::bad_data, "a bidirectional '{}' cannot be written", type_of(inner));
}

// The steps of all samples are the samples of the inner layer.
Value to_onnx(const LayerCall& call, const TimeDistributedOptions& options) {
  OnnxGraph& onnx = call.onnx;
  const auto without_steps = [](const Shape& shape) {
    return Shape(std::vector<std::size_t>(shape.extents().begin() + 1, shape.extents().end()));
  };
  const auto joined = [&](const Value& value, Ints extents, const Shape& sample) {
    for (const std::size_t extent : sample.extents()) {
      extents.push_back(static_cast<std::int64_t>(extent));
    }
    return onnx.call("Reshape", {value, onnx.ints(extents)});
  };
  const Shape inside = without_steps(call.shape());
  const Shape outside = without_steps(call.output);
  LayerCall inner = call;
  inner.inputs = {joined(call.input(), {-1}, inside)};
  inner.shapes = {inside};
  inner.output = outside;
  inner.mask.reset();
  const Value value = to_onnx(inner, (*options.layer).layer);
  return joined(value, {-1, static_cast<std::int64_t>(call.output[0])}, outside);
}

}  // namespace tusk::exports
