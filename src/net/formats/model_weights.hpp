// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>
#include <string>
#include <vector>

#include "data/hdf5/file.hpp"
#include "tusk/aligned_vector.hpp"
#include "tusk/parameter.hpp"

namespace tusk::formats {

// Writes the group `model_weights`: a group a layer, in the order of `layers`, with its parameter
// arrays.
void write_model_weights(hdf5::File& file, const std::vector<std::string>& layers,
                         const std::vector<layers::Parameter>& parameters,
                         std::span<const float> weights);

// Reads the arrays as one flat vector. Layers are matched by their order among those that have
// weights, as Keras does, since names are free. Error(bad_data) if number or shapes of the arrays
// are not those of `parameters`, or a weight is not finite.
AlignedVector<float> read_model_weights(const hdf5::File& file,
                                        const std::vector<layers::Parameter>& parameters);

}  // namespace tusk::formats
