// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstddef>
#include <memory>

#include "experiment/initializer_options.hpp"
#include "tusk/activation.hpp"
#include "tusk/named.hpp"

// Layers over the steps of a sequence, and what leads to them, with Keras 3's names and defaults.
namespace tusk {

// (…) → (…, output_dim): row x of a learned matrix (input_dim, output_dim) for each index x. With
// mask_zero, index 0 means that there is no step.
struct EmbeddingOptions {
  static constexpr const char* type = "embedding";
  std::size_t input_dim = 0;
  std::size_t output_dim = 0;
  bool mask_zero = false;
  InitializerOptions embeddings_initializer{.kind = InitializerKind::uniform};

  friend bool operator==(const EmbeddingOptions&, const EmbeddingOptions&) = default;
};

// Masks the steps of which all features have this value, and makes them zeros.
struct MaskingOptions {
  static constexpr const char* type = "masking";
  double mask_value = 0.0;

  friend bool operator==(const MaskingOptions&, const MaskingOptions&) = default;
};

// What gru and lstm have in common. The initial state is zero.
struct RecurrentOptions {
  std::size_t units = 0;
  Activation cell_activation = Activation::tanh;  // "activation": of the cell, not of the output
  Activation recurrent_activation = Activation::sigmoid;
  bool use_bias = true;
  bool return_sequences = false;  // all steps' outputs rather than the last one
  bool go_backwards = false;      // from the last step to the first; outputs come in that order
  InitializerOptions kernel_initializer{.kind = InitializerKind::glorot_uniform};
  InitializerOptions recurrent_initializer{.kind = InitializerKind::orthogonal};
  InitializerOptions bias_initializer{.kind = InitializerKind::zeros};

  friend bool operator==(const RecurrentOptions&, const RecurrentOptions&) = default;
};

// Cho et al., EMNLP 2014; with reset_after the form of cuDNN, in which the reset gate applies after
// the recurrent product.
struct GruOptions : RecurrentOptions {
  static constexpr const char* type = "gru";
  bool reset_after = true;

  friend bool operator==(const GruOptions&, const GruOptions&) = default;
};

// Hochreiter and Schmidhuber, Neural Computation 1997, with a forget gate.
struct LstmOptions : RecurrentOptions {
  static constexpr const char* type = "lstm";
  bool unit_forget_bias = true;  // the forget gate's biases begin at 1

  friend bool operator==(const LstmOptions&, const LstmOptions&) = default;
};

// A layer within a layer: a value, as what it holds, which is a LayerOptions (model_options.hpp).
struct InnerLayerOptions;
class InnerLayer {
 public:
  InnerLayer();
  explicit InnerLayer(InnerLayerOptions layer);
  InnerLayer(const InnerLayer& other);
  InnerLayer& operator=(const InnerLayer& other);
  ~InnerLayer();

  InnerLayerOptions& operator*() { return *held_; }
  const InnerLayerOptions& operator*() const { return *held_; }

  friend bool operator==(const InnerLayer& a, const InnerLayer& b);

 private:
  std::unique_ptr<InnerLayerOptions> held_;
};

enum class MergeMode { concat, sum, mul, ave };

constexpr auto names_of(MergeMode) {
  return std::to_array<Named<MergeMode>>({{"concat", MergeMode::concat},
                                          {"sum", MergeMode::sum},
                                          {"mul", MergeMode::mul},
                                          {"ave", MergeMode::ave}});
}

// The layer, gru or lstm, once forward and once, with weights of its own, backward.
struct BidirectionalOptions {
  static constexpr const char* type = "bidirectional";
  InnerLayer layer;
  MergeMode merge_mode = MergeMode::concat;

  friend bool operator==(const BidirectionalOptions&, const BidirectionalOptions&) = default;
};

// The layer at every step, with the same weights.
struct TimeDistributedOptions {
  static constexpr const char* type = "time_distributed";
  InnerLayer layer;

  friend bool operator==(const TimeDistributedOptions&, const TimeDistributedOptions&) = default;
};

}  // namespace tusk
