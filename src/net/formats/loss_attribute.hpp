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

// What it has beside its name: the attributes `huber_delta` and, where they are not as usual,
// `label_smoothing` and `from_logits`.
void write_loss_details(hdf5::File& file, const std::string& group, const LossDetails& details);

// What the file has of them. Error(bad_data) if it is nothing that an experiment may say.
LossDetails read_loss_details(const hdf5::File& file, const std::string& group);

template <typename WithLoss>
void read_loss_details(const hdf5::File& file, const std::string& group, WithLoss& o) {
  const LossDetails details = read_loss_details(file, group);
  o.huber_delta = details.huber_delta;
  o.label_smoothing = details.label_smoothing;
  o.from_logits = details.from_logits;
}

}  // namespace tusk::formats
