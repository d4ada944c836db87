// SPDX-License-Identifier: Apache-2.0
#include "net/exports/metadata.hpp"

#include <nlohmann/json.hpp>

#include "net/formats/model_file.hpp"

namespace tusk::exports {

std::vector<std::pair<std::string, std::string>> metadata_of(const formats::ModelContent& content) {
  using Json = nlohmann::ordered_json;
  Json transforms = Json::parse(content.transforms);
  Json columns = content.columns.names;
  Json class_names = content.class_names;
  if (content.input_data.size() > 1) {
    transforms = Json::object();
    columns = Json::object();
    for (std::size_t i = 0; i < content.input_data.size(); ++i) {
      transforms[content.inputs[i].name] = Json::parse(content.input_data[i].transforms);
      columns[content.inputs[i].name] = content.input_data[i].columns.names;
    }
  }
  if (content.label_data.size() > 1) {
    class_names = Json::object();
    for (std::size_t i = 0; i < content.label_data.size(); ++i) {
      class_names[content.outputs[i].name] = content.label_data[i].class_names;
    }
  }
  return {{"transforms", transforms.dump()},
          {"class_names", class_names.dump()},
          {"columns", columns.dump()}};
}

}  // namespace tusk::exports
