// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "net/formats/model_config.hpp"
#include "net/formats/model_file.hpp"
#include "tusk/extensions.hpp"

namespace tusk::hdf5 {
class File;
}

// The group `tusk` of a model's file: what Keras has no place for.
namespace tusk::formats {

// Creates the group. `front`: what of the model's layers stands for transforms.
void write_tusk_group(hdf5::File& file, const ModelContent& content, const graph::Model& model,
                      const ModelFront& front);

// Into a content whose layers have been read. Error(bad_data).
void read_tusk_group(const hdf5::File& file, ModelContent& content, const Extensions& extensions);

// Our own word on the optimizer, which says what Keras has no words for; none in most files.
void read_own_optimizer(const hdf5::File& file, ModelContent& content);

// Empty where nothing stands for transforms.
WrittenFront read_front(const hdf5::File& file);

}  // namespace tusk::formats
