// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <string>

#include "cli/describe.hpp"
#include "data/transforms/transforms.hpp"
#include "net/formats/model_file.hpp"
#include "net/graph/model.hpp"

namespace tusk::cli {

std::string describe_model(const std::string& path, const Extensions& extensions) {
  const formats::ModelContent content = formats::load_model(path, extensions);
  ModelOptions options;
  options.layers = content.layers;
  if (content.loss) options.loss = *content.loss;
  std::string text = graph::Model(options, content.input).summary();
  text += fmt::format("input: {}\n", content.input.to_string());
  if (content.loss) text += fmt::format("loss: {}\n", name_of(*content.loss));
  if (!content.columns.names.empty()) {
    text += fmt::format("columns: {}\n", fmt::join(content.columns.names, ", "));
  }
  if (!content.class_names.empty()) {
    text += fmt::format("classes: {}\n", fmt::join(content.class_names, ", "));
  }
  const auto transforms = transforms::Transforms::from_json(content.transforms, path, extensions);
  text += fmt::format("transforms: {}\n", transforms.empty() ? "none" : "");
  for (const std::string& line : transforms.summary()) text += fmt::format("  {}\n", line);
  text += fmt::format("training: {}\n", content.facts);
  return text;
}

}  // namespace tusk::cli
