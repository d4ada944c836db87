// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "experiment/activation_options.hpp"
#include "experiment/convolution_options.hpp"
#include "experiment/initializer_options.hpp"
#include "experiment/merge_options.hpp"
#include "experiment/normalization_options.hpp"
#include "experiment/pooling_options.hpp"
#include "experiment/recurrent_options.hpp"
#include "experiment/shape_options.hpp"
#include "tusk/activation.hpp"
#include "tusk/named.hpp"
#include "tusk/options/user_object.hpp"

namespace tusk {

// y = activation(W x + b), along the last axis of a sample of any shape.
struct DenseOptions {
  static constexpr const char* type = "dense";
  static constexpr bool ends_in_activation = true;  // a loss may take its `activation` over
  std::size_t units = 0;
  Activation activation = Activation::linear;
  bool use_bias = true;
  InitializerOptions kernel_initializer{.kind = InitializerKind::glorot_uniform};
  InitializerOptions bias_initializer{.kind = InitializerKind::zeros};

  friend bool operator==(const DenseOptions&, const DenseOptions&) = default;
};

// In training: each input is zero with probability `rate`, else scaled by 1/(1 − rate).
struct DropoutOptions {
  static constexpr const char* type = "dropout";
  double rate = 0.5;

  friend bool operator==(const DropoutOptions&, const DropoutOptions&) = default;
};

// A kind of layer with its options: what layers::make_layer() makes a layer of.
using LayerOptions = std::variant<
    DenseOptions, ActivationOptions, DropoutOptions, FlattenOptions, ReshapeOptions, PermuteOptions,
    RepeatVectorOptions, ReluOptions, LeakyReluOptions, PreluOptions, EluOptions, SoftmaxOptions,
    AddOptions, SubtractOptions, MultiplyOptions, AverageOptions, ConcatenateOptions,
    // recurrent_options.hpp
    EmbeddingOptions, MaskingOptions, GruOptions, LstmOptions, BidirectionalOptions,
    TimeDistributedOptions,
    // convolution_options.hpp
    Conv1dOptions, Conv2dOptions, DepthwiseConv2dOptions, Conv2dTransposeOptions,
    // pooling_options.hpp
    MaxPooling1dOptions, MaxPooling2dOptions, AveragePooling1dOptions, AveragePooling2dOptions,
    GlobalMaxPooling1dOptions, GlobalMaxPooling2dOptions, GlobalAveragePooling1dOptions,
    GlobalAveragePooling2dOptions, UpSampling2dOptions, ZeroPadding2dOptions,
    // normalization_options.hpp
    BatchNormalizationOptions, LayerNormalizationOptions, NormalizationOptions, RescalingOptions,
    UserLayer>;

// "dense"; for a user's layer the name of its kind.
inline std::string type_of(const LayerOptions& layer) { return options::selected_name(layer); }

// What an InnerLayer holds (recurrent_options.hpp).
struct InnerLayerOptions {
  LayerOptions layer;

  friend bool operator==(const InnerLayerOptions&, const InnerLayerOptions&) = default;
};

inline InnerLayer::InnerLayer() : held_(std::make_unique<InnerLayerOptions>()) {}
inline InnerLayer::InnerLayer(InnerLayerOptions layer)
    : held_(std::make_unique<InnerLayerOptions>(std::move(layer))) {}
inline InnerLayer::InnerLayer(const InnerLayer& other) : InnerLayer(*other) {}
inline InnerLayer& InnerLayer::operator=(const InnerLayer& other) {
  *held_ = *other;
  return *this;
}
inline InnerLayer::~InnerLayer() = default;
inline bool operator==(const InnerLayer& a, const InnerLayer& b) { return *a == *b; }

// One entry of model.layers: a layer and its place in the graph, or one more call of a layer that
// another entry has (`use`), with the same weights. A chain's entries are kinds and nothing else.
struct LayerEntry : LayerOptions {
  using variant::variant;
  LayerEntry() = default;
  LayerEntry(LayerOptions kind)  // NOLINT(google-explicit-constructor): a kind and nothing else
      : LayerOptions(std::move(kind)) {}

  std::string name;                 // of the layer and its output; empty: after its kind
  std::vector<std::string> inputs;  // values by name; empty: the output of the entry before
  bool trainable = true;            // false: its parameters keep their values
  std::string use;                  // the layer that is called again; the kind is not looked at

  friend bool operator==(const LayerEntry&, const LayerEntry&) = default;
};

// A layer of a model file that is another one from here on.
struct ReplacedLayer {
  std::string name;
  LayerOptions kind;
  bool trainable = true;

  friend bool operator==(const ReplacedLayer&, const ReplacedLayer&) = default;
};

enum class LossKind { categorical_crossentropy, binary_crossentropy, mse, mae, huber };
enum class MetricKind { accuracy, mse, mae };

constexpr auto names_of(LossKind) {
  return std::to_array<Named<LossKind>>(
      {{"categorical_crossentropy", LossKind::categorical_crossentropy},
       {"sparse_categorical_crossentropy", LossKind::categorical_crossentropy},
       {"binary_crossentropy", LossKind::binary_crossentropy},
       {"mse", LossKind::mse},
       {"mean_squared_error", LossKind::mse},
       {"mae", LossKind::mae},
       {"mean_absolute_error", LossKind::mae},
       {"huber", LossKind::huber}});
}

constexpr auto names_of(MetricKind) {
  return std::to_array<Named<MetricKind>>({{"accuracy", MetricKind::accuracy},
                                           {"acc", MetricKind::accuracy},
                                           {"mse", MetricKind::mse},
                                           {"mean_squared_error", MetricKind::mse},
                                           {"mae", MetricKind::mae},
                                           {"mean_absolute_error", MetricKind::mae}});
}

// What training minimizes: one of Tusk's losses, or a user's.
struct LossOptions : std::variant<LossKind, UserLoss> {
  using variant::variant;

  friend bool operator==(const LossOptions&, const LossOptions&) = default;
};

// "mse"; for a user's loss the name of its kind.
inline std::string name_of(const LossOptions& loss) {
  const auto* kind = std::get_if<LossKind>(&loss);
  return kind ? std::string(name_of(*kind)) : std::get<UserLoss>(loss).kind->name;
}

// What the losses that know it have beside their names, as Keras has it.
struct LossDetails {
  double huber_delta = 1.0;
  double label_smoothing = 0.0;  // of the cross-entropies: labels t become (1 − s) t + s/classes
  bool from_logits = false;      // of the cross-entropies: the outputs are no probabilities yet
};

// One input of the model.
struct InputOptions {
  std::string name;
  std::vector<std::size_t> shape;  // of a sample; empty: the data's

  friend bool operator==(const InputOptions&, const InputOptions&) = default;
};

// How much a class counts in training.
struct ClassWeight {
  std::string name;  // of the class, or its index in digits
  double weight = 1.0;

  friend bool operator==(const ClassWeight&, const ClassWeight&) = default;
};

// How much the classes count in training: those of the list, others 1; or all classes alike,
// however many samples each has.
struct ClassWeightOptions {
  bool balanced = false;
  std::vector<ClassWeight> weights;

  bool empty() const { return !balanced && weights.empty(); }
  friend bool operator==(const ClassWeightOptions&, const ClassWeightOptions&) = default;
};

// One output of the model: a value by its name, and what training makes of it.
struct OutputOptions {
  std::string name;
  std::optional<LossOptions> loss;  // none: the model's, with its huber_delta
  double huber_delta = 1.0;         // these three for a loss of its own
  double label_smoothing = 0.0;
  bool from_logits = false;
  double loss_weight = 1.0;                        // the total is the sum of weight · loss
  std::optional<std::vector<MetricKind>> metrics;  // none: the model's
  std::optional<std::vector<MetricKind>> weighted_metrics{};  // none: the model's
  ClassWeightOptions class_weight{};                          // where it has labels of its own

  friend bool operator==(const OutputOptions&, const OutputOptions&) = default;
};

// The [model] table. Exactly one of `layers` and `file` is given. A chain says nothing of inputs
// and outputs: it has one input, which is the data's, and its last entry is its output.
struct ModelOptions {
  std::vector<LayerEntry> layers;   // beside a file: behind its own
  std::optional<std::string> file;  // a model of Keras's: its layers, and its weights to start from
  std::optional<std::string> weights{};  // the file of those weights, if it is another one
  std::vector<ReplacedLayer> replace{};  // of the file's layers, which begin with new weights
  std::vector<InputOptions> inputs;
  std::vector<OutputOptions> outputs;
  std::vector<std::string> frozen;  // patterns of names of layers, as "conv*", not to be trained
  LossOptions loss = LossKind::categorical_crossentropy;
  double huber_delta = 1.0;      // for loss huber alone
  double label_smoothing = 0.0;  // these two for the cross-entropies alone
  bool from_logits = false;
  std::vector<MetricKind> metrics;
  std::vector<MetricKind> weighted_metrics{};  // metrics that count samples by their weights
  ClassWeightOptions class_weight{};           // of training alone

  friend bool operator==(const ModelOptions&, const ModelOptions&) = default;
};

// Those of a struct that has them beside a loss.
template <typename WithLoss>
LossDetails loss_details(const WithLoss& o) {
  return {.huber_delta = o.huber_delta,
          .label_smoothing = o.label_smoothing,
          .from_logits = o.from_logits};
}

}  // namespace tusk
