// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>
#include <string>
#include <vector>

#include "data/hdf5/file.hpp"
#include "net/formats/model_config.hpp"
#include "net/graph/model.hpp"

// The weights as Keras 3 keeps them (keras/src/saving/saving_lib.py), in `.weights.h5` and within
// `.keras`, and Keras 2.12 to 2.15 within `.keras`. Nothing has the name of a layer or an array: an
// array is `layers/dense_1/vars/0`, where dense_1 is the second layer of class Dense in the
// configuration's order, and 0 the first array that the layer has made. What is within a layer has
// a path of its own between: `cell` of a recurrent one, `forward_layer` and `backward_layer` of
// Bidirectional, `layer` of TimeDistributed; a model within a model has `layers` again. Keras 2.13
// and 2.14 say `_layer_checkpoint_dependencies` instead of `layers`, and may leave numbers out.
namespace tusk::formats {

// Whether a file is laid out so.
bool has_keras3_weights(const hdf5::File& file);

// The data sets of each of these layers, all of which have some, in the order of its arrays. By
// number where the numbers are those of the layers, otherwise in the order of the numbers.
// Error(bad_data) if the file has arrays of more or fewer layers.
std::vector<std::vector<std::string>> keras3_paths(const hdf5::File& file,
                                                   std::span<const Keras3Place> layers);

// Writes the arrays of a model whose layers the JSON `model_config` has.
void write_keras3_weights(hdf5::File& file, const graph::Model& model,
                          std::span<const float> weights, const std::string& model_config);

// A class as paths have it: "DepthwiseConv2D" is "depthwise_conv2d", "PReLU" "p_re_lu".
std::string keras3_class_path(const std::string& class_name);

}  // namespace tusk::formats
