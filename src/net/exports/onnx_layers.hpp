// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "experiment/model_options.hpp"
#include "net/exports/onnx_graph.hpp"
#include "tusk/parameter.hpp"
#include "tusk/shape.hpp"

namespace tusk::exports {

using Value = OnnxGraph::Value;

// A call of a layer: what it reads and what it has. Samples lie in ONNX as here, channels last, but
// for the operators that want channels first, around which axes are exchanged.
struct LayerCall {
  OnnxGraph& onnx;
  std::string layer;  // its name, after which its weights are called
  std::vector<Value> inputs;
  std::vector<Shape> shapes;       // of the inputs' samples
  Shape output;                    // of its own
  std::optional<Value> mask = {};  // that it reads, if it does (onnx_masks.hpp)

  // An array of the layer by its name: "kernel".
  struct Array {
    const layers::Parameter* parameter;
    std::span<const float> values;
  };
  std::function<Array(const std::string& name)> array;

  const Value& input() const { return inputs.front(); }
  const Shape& shape() const { return shapes.front(); }
  std::int64_t axes() const { return static_cast<std::int64_t>(shape().rank()) + 1; }

  // An array as it is, as a constant of the graph, or with axes in front of its own.
  Value weights(const std::string& name) const;
  Value weights(const std::string& name, const OnnxGraph::Ints& extents) const;
  // The same of other values than the array's own, under its name.
  Value weights(const std::string& name, std::span<const float> values,
                const OnnxGraph::Ints& extents) const;
};

// What each layer is in ONNX: its output. Error(bad_data) that says what cannot be; whoever calls
// adds the layer's name.
Value to_onnx(const LayerCall& call, const LayerOptions& options);

// An activation of the output of `call`.
Value activated(const LayerCall& call, const Value& value, Activation activation);

// The layers by families, each in the file of this name.
// onnx_activations.cpp
Value to_onnx(const LayerCall& call, const ActivationOptions& options);
Value to_onnx(const LayerCall& call, const ReluOptions& options);
Value to_onnx(const LayerCall& call, const LeakyReluOptions& options);
Value to_onnx(const LayerCall& call, const PreluOptions& options);
Value to_onnx(const LayerCall& call, const EluOptions& options);
Value to_onnx(const LayerCall& call, const SoftmaxOptions& options);
// onnx_layers.cpp
Value to_onnx(const LayerCall& call, const DenseOptions& options);
Value to_onnx(const LayerCall& call, const DropoutOptions& options);
Value to_onnx(const LayerCall& call, const FlattenOptions& options);
Value to_onnx(const LayerCall& call, const ReshapeOptions& options);
Value to_onnx(const LayerCall& call, const PermuteOptions& options);
Value to_onnx(const LayerCall& call, const RepeatVectorOptions& options);
Value to_onnx(const LayerCall& call, const AddOptions& options);
Value to_onnx(const LayerCall& call, const SubtractOptions& options);
Value to_onnx(const LayerCall& call, const MultiplyOptions& options);
Value to_onnx(const LayerCall& call, const AverageOptions& options);
Value to_onnx(const LayerCall& call, const ConcatenateOptions& options);
Value to_onnx(const LayerCall& call, const UserLayer& options);
// onnx_recurrent.cpp
Value to_onnx(const LayerCall& call, const EmbeddingOptions& options);
Value to_onnx(const LayerCall& call, const GruOptions& options);
Value to_onnx(const LayerCall& call, const LstmOptions& options);
Value to_onnx(const LayerCall& call, const BidirectionalOptions& options);
Value to_onnx(const LayerCall& call, const TimeDistributedOptions& options);
// onnx_masks.cpp
Value to_onnx(const LayerCall& call, const MaskingOptions& options);
// onnx_convolutions.cpp
Value to_onnx(const LayerCall& call, const Conv1dOptions& options);
Value to_onnx(const LayerCall& call, const Conv2dOptions& options);
Value to_onnx(const LayerCall& call, const DepthwiseConv2dOptions& options);
Value to_onnx(const LayerCall& call, const Conv2dTransposeOptions& options);
// onnx_pooling.cpp
Value to_onnx(const LayerCall& call, const MaxPooling1dOptions& options);
Value to_onnx(const LayerCall& call, const MaxPooling2dOptions& options);
Value to_onnx(const LayerCall& call, const AveragePooling1dOptions& options);
Value to_onnx(const LayerCall& call, const AveragePooling2dOptions& options);
Value to_onnx(const LayerCall& call, const GlobalMaxPooling1dOptions& options);
Value to_onnx(const LayerCall& call, const GlobalMaxPooling2dOptions& options);
Value to_onnx(const LayerCall& call, const GlobalAveragePooling1dOptions& options);
Value to_onnx(const LayerCall& call, const GlobalAveragePooling2dOptions& options);
Value to_onnx(const LayerCall& call, const UpSampling2dOptions& options);
Value to_onnx(const LayerCall& call, const ZeroPadding2dOptions& options);
// onnx_normalization.cpp
Value to_onnx(const LayerCall& call, const BatchNormalizationOptions& options);
Value to_onnx(const LayerCall& call, const LayerNormalizationOptions& options);
Value to_onnx(const LayerCall& call, const NormalizationOptions& options);
Value to_onnx(const LayerCall& call, const RescalingOptions& options);

// Exchanges axes: (batch, …, channels) to (batch, channels, …), and back.
Value channels_first(const LayerCall& call, const Value& value);
Value channels_last(const LayerCall& call, const Value& value);

// What `same` pads along an axis: out = ⌈in/s⌉, total = max((out − 1)s + (k − 1)d + 1 − in, 0),
// half of it before, the odd one after.
std::pair<std::int64_t, std::int64_t> same_padding(std::size_t in, std::size_t kernel,
                                                   std::size_t stride, std::size_t dilation);

}  // namespace tusk::exports
