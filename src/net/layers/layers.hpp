// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <span>
#include <string>

#include "experiment/model_options.hpp"
#include "tusk/layer.hpp"
#include "tusk/shape.hpp"

namespace tusk::layers {

// The registry of layers: one line for each, whose definition is its source file. make_layer()
// calls the one that goes with the options, as make_layer.hpp says.
using Shapes = std::span<const Shape>;
std::unique_ptr<Layer> make(const DenseOptions&, Shapes inputs, const std::string& key);
std::unique_ptr<Layer> make(const ActivationOptions&, Shapes inputs, const std::string& key);
std::unique_ptr<Layer> make(const DropoutOptions&, Shapes inputs, const std::string& key);
std::unique_ptr<Layer> make(const FlattenOptions&, Shapes inputs, const std::string& key);
std::unique_ptr<Layer> make(const ReshapeOptions&, Shapes inputs, const std::string& key);
std::unique_ptr<Layer> make(const PermuteOptions&, Shapes inputs, const std::string& key);
std::unique_ptr<Layer> make(const RepeatVectorOptions&, Shapes inputs, const std::string& key);
std::unique_ptr<Layer> make(const ReluOptions&, Shapes inputs, const std::string& key);
std::unique_ptr<Layer> make(const LeakyReluOptions&, Shapes inputs, const std::string& key);
std::unique_ptr<Layer> make(const PreluOptions&, Shapes inputs, const std::string& key);
std::unique_ptr<Layer> make(const EluOptions&, Shapes inputs, const std::string& key);
std::unique_ptr<Layer> make(const SoftmaxOptions&, Shapes inputs, const std::string& key);
std::unique_ptr<Layer> make(const AddOptions&, Shapes inputs, const std::string& key);
std::unique_ptr<Layer> make(const SubtractOptions&, Shapes inputs, const std::string& key);
std::unique_ptr<Layer> make(const MultiplyOptions&, Shapes inputs, const std::string& key);
std::unique_ptr<Layer> make(const AverageOptions&, Shapes inputs, const std::string& key);
std::unique_ptr<Layer> make(const ConcatenateOptions&, Shapes inputs, const std::string& key);
std::unique_ptr<Layer> make(const Conv1dOptions&, Shapes inputs, const std::string& key);
std::unique_ptr<Layer> make(const Conv2dOptions&, Shapes inputs, const std::string& key);
std::unique_ptr<Layer> make(const DepthwiseConv2dOptions&, Shapes inputs, const std::string& key);
std::unique_ptr<Layer> make(const Conv2dTransposeOptions&, Shapes inputs, const std::string& key);
std::unique_ptr<Layer> make(const MaxPooling1dOptions&, Shapes inputs, const std::string& key);
std::unique_ptr<Layer> make(const MaxPooling2dOptions&, Shapes inputs, const std::string& key);
std::unique_ptr<Layer> make(const AveragePooling1dOptions&, Shapes inputs, const std::string& key);
std::unique_ptr<Layer> make(const AveragePooling2dOptions&, Shapes inputs, const std::string& key);
std::unique_ptr<Layer> make(const GlobalMaxPooling1dOptions&, Shapes inputs,
                            const std::string& key);
std::unique_ptr<Layer> make(const GlobalMaxPooling2dOptions&, Shapes inputs,
                            const std::string& key);
std::unique_ptr<Layer> make(const GlobalAveragePooling1dOptions&, Shapes inputs,
                            const std::string& key);
std::unique_ptr<Layer> make(const GlobalAveragePooling2dOptions&, Shapes inputs,
                            const std::string& key);
std::unique_ptr<Layer> make(const UpSampling2dOptions&, Shapes inputs, const std::string& key);
std::unique_ptr<Layer> make(const ZeroPadding2dOptions&, Shapes inputs, const std::string& key);
std::unique_ptr<Layer> make(const EmbeddingOptions&, Shapes inputs, const std::string& key);
std::unique_ptr<Layer> make(const MaskingOptions&, Shapes inputs, const std::string& key);
std::unique_ptr<Layer> make(const GruOptions&, Shapes inputs, const std::string& key);
std::unique_ptr<Layer> make(const LstmOptions&, Shapes inputs, const std::string& key);
std::unique_ptr<Layer> make(const BidirectionalOptions&, Shapes inputs, const std::string& key);
std::unique_ptr<Layer> make(const TimeDistributedOptions&, Shapes inputs, const std::string& key);
std::unique_ptr<Layer> make(const BatchNormalizationOptions&, Shapes inputs,
                            const std::string& key);
std::unique_ptr<Layer> make(const LayerNormalizationOptions&, Shapes inputs,
                            const std::string& key);
std::unique_ptr<Layer> make(const NormalizationOptions&, Shapes inputs, const std::string& key);
std::unique_ptr<Layer> make(const RescalingOptions&, Shapes inputs, const std::string& key);

}  // namespace tusk::layers
