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

// A group of arrays as the file has it, and what they are in the model.
struct StoredGroup {
  struct Array {
    const layers::Parameter* parameter;
    bool is_flipped = false;  // a kernel of Theano's, which turns them by 180°
  };
  bool is_pruned = false;  // behind the arrays are masks for some of them, and what pruning needs
  std::vector<Array> arrays;
};

// Reads the arrays as one flat vector. Groups are matched by their order among those that have
// weights, as Keras does, since names are free. Keras 1 has an array for each gate of a recurrent
// layer, and an axis more in kernels of conv1d. `root` is the group that they are in, "" for the
// file itself, where weights are alone. Error(bad_data) if number or shapes of the arrays
// are not those of the parameters, or a weight is not finite.
AlignedVector<float> read_model_weights(const hdf5::File& file, const std::string& root,
                                        const std::vector<StoredGroup>& groups);

// The same of groups whose data sets are known, one list each.
AlignedVector<float> read_model_weights(const hdf5::File& file,
                                        const std::vector<StoredGroup>& groups,
                                        const std::vector<std::vector<std::string>>& paths);

}  // namespace tusk::formats
