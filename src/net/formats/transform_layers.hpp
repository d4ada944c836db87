// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "experiment/model_options.hpp"
#include "tusk/shape.hpp"

namespace tusk::formats {

// What the transforms of a model do, as layers in front of its own, so that Keras, which knows no
// transforms, predicts from rows as they are stored. save_model() puts them into model_config and
// load_model() takes them out again.
struct TransformLayers {
  // A graph of layers that Keras has, too, with one input, `rows`; the last entry is its output.
  // Empty if there is nothing to do, or an obstacle.
  std::vector<LayerEntry> layers;

  // Why the layers cannot be written, to follow "…: "; empty where they can.
  std::string obstacle;

  // Where float32, in which Keras takes rows, has not the digits that a transform needs for what it
  // leaves to be right to 1e-5: a sentence about each.
  std::vector<std::string> imprecise;
};

// The value that the layers read.
inline constexpr const char* rows_name = "rows";

// `transforms`: the JSON of transforms::Transforms. Each of its steps becomes layers that compute
// the same number from float32:
//
//   standard, minmax   Normalization; two where the center has digits beyond float32
//   scale              Rescaling; of some columns Multiply and Add with constants
//   clip               ReLUs with a maximum, of x and of −x, or shifted where both bounds are on
//                      one side of 0
//   missing            x·f + fill·(1 − f), f = min(|x − value|·1e38, 1): exactly x or the fill
//   reshape            Reshape
//
// A constant for each column is Normalization(mean = −c) of Rescaling(scale = 0). The others are
// obstacles: Keras's layers have no logarithm, no quotient and no test for NaN. `stored` is the
// shape of a row, `input` that of what the network reads, `prefix` begins the layers' names.
// Error(bad_data) if `transforms` is not what Transforms writes.
TransformLayers layers_of_transforms(const std::string& transforms, const Shape& stored,
                                     const Shape& input, const std::string& prefix);

}  // namespace tusk::formats
