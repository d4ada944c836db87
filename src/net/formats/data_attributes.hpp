// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

#include "net/formats/model_file.hpp"

namespace tusk::hdf5 {
class File;
}

// What a model file keeps of the data that the model was trained on: groups `tusk/inputs/I` and
// `tusk/labels/I` with the attribute `dataset`, its name; of several inputs also with `transforms`,
// `stored` and the columns' names of each, and of several labels with the names of their classes.
// save_model() and load_model() call these.
namespace tusk::formats {

void write_data(hdf5::File& file, const ModelContent& content);

// Nothing where the file has no such groups. Error(bad_data) if one is not complete.
void read_data(const hdf5::File& file, ModelContent& content);

}  // namespace tusk::formats
