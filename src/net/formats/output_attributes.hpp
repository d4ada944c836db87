// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "experiment/model_options.hpp"
#include "tusk/extensions.hpp"

namespace tusk::hdf5 {
class File;
}

namespace tusk::formats {

// What training makes of the outputs of a graph, in a model file: groups tusk/outputs/0, 1, …, with
// the attributes `name`, `loss_weight`, those of write_loss(), those of write_loss_details() and
// both of metrics. Without outputs nothing is written.
void write_outputs(hdf5::File& file, const std::vector<OutputOptions>& outputs);
std::vector<OutputOptions> read_outputs(const hdf5::File& file, const Extensions& extensions);

// The attribute `metrics`, or another, a list of names. Error(bad_data) for one that is not known.
void write_metrics(hdf5::File& file, const std::string& group,
                   const std::vector<MetricKind>& metrics,
                   const std::string& attribute = "metrics");
std::optional<std::vector<MetricKind>> read_metrics(const hdf5::File& file,
                                                    const std::string& group,
                                                    const std::string& attribute = "metrics");

}  // namespace tusk::formats
