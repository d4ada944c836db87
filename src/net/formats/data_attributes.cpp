// SPDX-License-Identifier: Apache-2.0
#include "net/formats/data_attributes.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>

#include "data/hdf5/attributes.hpp"
#include "data/hdf5/file.hpp"
#include "net/formats/keras_graph.hpp"
#include "tusk/error.hpp"

namespace tusk::formats {
namespace {

std::string group_of_input(std::size_t index) { return fmt::format("tusk/inputs/{}", index); }
std::string group_of_label(std::size_t index) { return fmt::format("tusk/labels/{}", index); }

std::string read_dataset_name(const hdf5::File& file, const std::string& group) {
  const auto name = hdf5::read_text(file, group, "dataset");
  if (!name) {
    fail(ExitCode::bad_data, "{}: group '{}' has no attribute 'dataset'", file.path(), group);
  }
  return *name;
}

// A shape as JSON, "[8, 4]".
std::optional<Shape> read_stored(const hdf5::File& file, const std::string& group) {
  const auto text = hdf5::read_text(file, group, "stored");
  if (!text) return std::nullopt;
  const nlohmann::json json = nlohmann::json::parse(*text, nullptr, false);
  std::vector<std::size_t> extents;
  bool is_shape = json.is_array() && !json.empty();
  for (const nlohmann::json& extent : is_shape ? json : nlohmann::json::array()) {
    is_shape = is_shape && extent.is_number_unsigned();
    if (is_shape) extents.push_back(extent.get<std::size_t>());
  }
  if (is_shape) return Shape(extents);
  fail(ExitCode::bad_data, "{}: the attribute 'stored' of group '{}' is no shape", file.path(),
       group);
}

}  // namespace

void write_data(hdf5::File& file, const ModelContent& content) {
  if (!content.input_data.empty()) file.create_group("tusk/inputs");
  for (std::size_t i = 0; i < content.input_data.size(); ++i) {
    const InputData& input = content.input_data[i];
    const std::string group = group_of_input(i);
    file.create_group(group);
    hdf5::write_attribute(file, group, "dataset", input.dataset);
    if (content.input_data.size() == 1) break;
    hdf5::write_attribute(file, group, "transforms", input.transforms);
    if (input.stored) {
      hdf5::write_attribute(file, group, "stored", nlohmann::json(input.stored->extents()).dump());
    }
    datasets::write_column_names(file, group, input.columns);
  }
  if (!content.label_data.empty()) file.create_group("tusk/labels");
  for (std::size_t i = 0; i < content.label_data.size(); ++i) {
    const std::string group = group_of_label(i);
    file.create_group(group);
    hdf5::write_attribute(file, group, "dataset", content.label_data[i].dataset);
    if (content.label_data.size() == 1) break;
    hdf5::write_attribute(file, group, "class_names", content.label_data[i].class_names);
  }
}

void read_data(const hdf5::File& file, ModelContent& content) {
  for (std::size_t i = 0; file.has_group(group_of_input(i)); ++i) {
    const std::string group = group_of_input(i);
    content.input_data.push_back(
        {.dataset = read_dataset_name(file, group),
         .transforms = hdf5::read_text(file, group, "transforms").value_or("[]"),
         .stored = read_stored(file, group),
         .columns = datasets::read_column_names(file, group)});
  }
  for (std::size_t i = 0; file.has_group(group_of_label(i)); ++i) {
    const std::string group = group_of_label(i);
    content.label_data.push_back(
        {.dataset = read_dataset_name(file, group),
         .class_names =
             hdf5::read_texts(file, group, "class_names").value_or(std::vector<std::string>())});
  }
  const std::size_t inputs = std::max<std::size_t>(content.inputs.size(), 1);
  const std::size_t outputs = std::max<std::size_t>(content.outputs.size(), 1);
  const std::size_t labels = content.label_data.size();
  if ((!content.input_data.empty() && content.input_data.size() != inputs) ||
      (labels > 1 && labels != outputs)) {
    fail(
        ExitCode::bad_data,
        "{}: the group 'tusk' has data of {} inputs and {} labels, but the model has {} inputs and "
        "{} outputs",
        file.path(), content.input_data.size(), labels, inputs, outputs);
  }
  if (content.input_data.size() == 1) {
    content.input_data[0].transforms = content.transforms;
    content.input_data[0].columns = content.columns;
  }
  if (content.label_data.size() == 1) content.label_data[0].class_names = content.class_names;
}

}  // namespace tusk::formats
