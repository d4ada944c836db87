// SPDX-License-Identifier: Apache-2.0
#include "net/formats/output_attributes.hpp"

#include <fmt/format.h>

#include "data/hdf5/attributes.hpp"
#include "data/hdf5/file.hpp"
#include "net/formats/keras_names.hpp"
#include "net/formats/loss_attribute.hpp"
#include "tusk/error.hpp"

namespace tusk::formats {
namespace {

std::string group_of_output(std::size_t index) { return fmt::format("tusk/outputs/{}", index); }

}  // namespace

void write_metrics(hdf5::File& file, const std::string& group,
                   const std::vector<MetricKind>& metrics, const std::string& attribute) {
  std::vector<std::string> names;
  for (const MetricKind metric : metrics) names.emplace_back(name_of(metric));
  hdf5::write_attribute(file, group, attribute, names);
}

std::optional<std::vector<MetricKind>> read_metrics(const hdf5::File& file,
                                                    const std::string& group,
                                                    const std::string& attribute) {
  const auto names = hdf5::read_texts(file, group, attribute);
  if (!names) return std::nullopt;
  std::vector<MetricKind> metrics;
  for (const std::string& name : *names) {
    const auto metric = value_of<MetricKind>(name);
    if (!metric) {
      fail(ExitCode::bad_data, "{}: metric '{}' is not known; known are {}", file.path(), name,
           all_names<MetricKind>());
    }
    metrics.push_back(*metric);
  }
  return metrics;
}

void write_outputs(hdf5::File& file, const std::vector<OutputOptions>& outputs) {
  if (outputs.empty()) return;
  file.create_group("tusk/outputs");
  for (std::size_t i = 0; i < outputs.size(); ++i) {
    const OutputOptions& output = outputs[i];
    const std::string group = group_of_output(i);
    file.create_group(group);
    hdf5::write_attribute(file, group, "name", output.name);
    hdf5::write_attribute(file, group, "loss_weight", output.loss_weight);
    write_loss_details(file, group, loss_details(output));
    if (output.loss) write_loss(file, group, *output.loss);
    if (output.metrics) write_metrics(file, group, *output.metrics);
    if (output.weighted_metrics) {
      write_metrics(file, group, *output.weighted_metrics, "weighted_metrics");
    }
  }
}

std::vector<OutputOptions> read_outputs(const hdf5::File& file, const Extensions& extensions) {
  std::vector<OutputOptions> outputs;
  for (std::size_t i = 0; file.has_group(group_of_output(i)); ++i) {
    const std::string group = group_of_output(i);
    OutputOptions output;
    const auto name = hdf5::read_text(file, group, "name");
    if (!name) {
      fail(ExitCode::bad_data, "{}: group '{}' has no attribute 'name'", file.path(), group);
    }
    output.name = *name;
    output.loss = read_loss(file, group, extensions);
    output.metrics = read_metrics(file, group);
    output.weighted_metrics = read_metrics(file, group, "weighted_metrics");
    read_loss_details(file, group, output);
    output.loss_weight = hdf5::read_number(file, group, "loss_weight").value_or(output.loss_weight);
    outputs.push_back(std::move(output));
  }
  return outputs;
}

}  // namespace tusk::formats
