// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <memory>
#include <vector>

#include "experiment/model_options.hpp"
#include "tusk/layer.hpp"
#include "tusk/shape.hpp"

// Masks, as Keras 3 passes them: which steps of a sequence are there.
//
// A mask is a value like any other, a matrix (steps, batch) of 1, a step that is there, and 0. It
// belongs to another value, of shape (steps, …). Layers know of it by nothing but their inputs and
// outputs; graph::build_graph() wires them by what mask_rule() says of their kind. There is no
// gradient of a mask: backward is given an empty matrix as that of a mask among the outputs, and
// none is wanted of a mask among the inputs.
namespace tusk::layers {

// What a kind of layer does with the mask of its inputs, and where its output's mask comes from.
struct MaskRule {
  enum class Output {
    none,    // the output has no mask
    passed,  // the (first) input's is the output's, too
    made,    // the layer makes it: its last output, of shape (steps,), is the first one's mask
    any_of,  // of a merge: where any input has 1, if every input has a mask; otherwise none
    concatenated,  // of a concatenation. Along the steps: the inputs' one behind the other, with 1
                   // for an input without a mask; none if no input has one. Otherwise as any_of
  };

  // Whether the layer reads the mask of its (first) input. If there is one, it stands behind the
  // other inputs, as a further last one of shape (steps,); the layer is built for these shapes.
  bool reads = false;
  Output output = Output::none;
};

// The rule of a kind: one line for each that has another than none. A user's layer has none.
template <typename Kind>
MaskRule masks(const Kind&) {
  return {};
}
inline MaskRule masks(const DenseOptions&) { return {.output = MaskRule::Output::passed}; }
inline MaskRule masks(const ActivationOptions&) { return {.output = MaskRule::Output::passed}; }
inline MaskRule masks(const DropoutOptions&) { return {.output = MaskRule::Output::passed}; }
inline MaskRule masks(const ReluOptions&) { return {.output = MaskRule::Output::passed}; }
inline MaskRule masks(const LeakyReluOptions&) { return {.output = MaskRule::Output::passed}; }
inline MaskRule masks(const PreluOptions&) { return {.output = MaskRule::Output::passed}; }
inline MaskRule masks(const EluOptions&) { return {.output = MaskRule::Output::passed}; }
inline MaskRule masks(const EmbeddingOptions& o) {
  return {.output = o.mask_zero ? MaskRule::Output::made : MaskRule::Output::none};
}
inline MaskRule masks(const MaskingOptions&) { return {.output = MaskRule::Output::made}; }
inline MaskRule masks(const RecurrentOptions& o) {
  return {.reads = true,
          .output = o.return_sequences ? MaskRule::Output::passed : MaskRule::Output::none};
}
inline MaskRule masks(const GruOptions& o) {
  return masks(static_cast<const RecurrentOptions&>(o));
}
inline MaskRule masks(const LstmOptions& o) {
  return masks(static_cast<const RecurrentOptions&>(o));
}
MaskRule masks(const BidirectionalOptions& o);    // that of the layer in it
MaskRule masks(const TimeDistributedOptions& o);  // it passes the mask; the layer in it has no use

// It would leave out what is masked; its make() refuses a mask.
inline MaskRule masks(const SoftmaxOptions&) {
  return {.reads = true, .output = MaskRule::Output::passed};
}
inline MaskRule masks(const AddOptions&) { return {.output = MaskRule::Output::any_of}; }
inline MaskRule masks(const SubtractOptions&) { return {.output = MaskRule::Output::any_of}; }
inline MaskRule masks(const MultiplyOptions&) { return {.output = MaskRule::Output::any_of}; }
inline MaskRule masks(const AverageOptions&) { return {.output = MaskRule::Output::any_of}; }
inline MaskRule masks(const ConcatenateOptions&) {
  return {.output = MaskRule::Output::concatenated};
}
inline MaskRule masks(const GlobalAveragePooling1dOptions&) { return {.reads = true}; }
inline MaskRule masks(const BatchNormalizationOptions&) {
  return {.reads = true, .output = MaskRule::Output::passed};
}
inline MaskRule masks(const LayerNormalizationOptions&) {
  return {.output = MaskRule::Output::passed};
}
inline MaskRule masks(const NormalizationOptions&) { return {.output = MaskRule::Output::passed}; }
inline MaskRule masks(const RescalingOptions&) { return {.output = MaskRule::Output::passed}; }

// That of the options that the variant holds.
MaskRule mask_rule(const LayerOptions& options);

// The layers that the graph puts in itself where masks meet: 1 where any of `count` masks of
// (steps,) has 1; and masks behind each other, of which the one of each entry without a mask is 1
// throughout. Their inputs are the masks that are there.
std::unique_ptr<Layer> make_any_mask(std::size_t count, std::size_t steps);
struct MaskPart {
  std::size_t steps = 0;
  bool is_there = false;  // otherwise 1 for these steps
};
std::unique_ptr<Layer> make_mask_concatenation(std::vector<MaskPart> parts);

}  // namespace tusk::layers
