// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>

#include "experiment/model_options.hpp"
#include "tusk/extensions.hpp"

namespace tusk::hdf5 {
class File;
}

namespace tusk::formats {

// The loss in a group of a model file, `tusk` or that of an output: the attribute `loss` is its
// name, that of a user's loss "package>name", whose options are the JSON object of the attribute
// `loss_options`.
void write_loss(hdf5::File& file, const std::string& group, const LossOptions& loss);

// Nothing if the file names none. Error(bad_data) that names the file and the loss if it is none of
// Tusk's or the extensions', or has an option that breaks its rule.
std::optional<LossOptions> read_loss(const hdf5::File& file, const std::string& group,
                                     const Extensions& extensions);

}  // namespace tusk::formats
