// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "data/hdf5/file.hpp"
#include "net/formats/model_config.hpp"
#include "net/formats/model_file.hpp"
#include "tusk/aligned_vector.hpp"

namespace tusk::formats {

// The weights of a model whose layers are `content`'s, laid out as by layout_of(), from a file in
// Keras's older layout (model_weights.hpp) or Keras 3's own (keras3_weights.hpp). `groups` and
// `places` say how the model groups and names them. Error(bad_data) if they do not fit.
AlignedVector<float> read_weights(const hdf5::File& file, const ModelContent& content,
                                  const std::vector<WeightGroup>& groups,
                                  const std::vector<Keras3Place>& places);

}  // namespace tusk::formats
