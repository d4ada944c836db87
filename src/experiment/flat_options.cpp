// SPDX-License-Identifier: Apache-2.0
#include "experiment/flat_options.hpp"

#include <toml++/toml.h>

#include <algorithm>

#include "experiment/toml_text.hpp"

namespace tusk::experiment {
namespace {

using Options = std::map<std::string, std::string>;

std::string value_text(const toml::node& node) {
  if (const auto* text = node.as_string()) return quoted_toml(text->get());
  if (const auto* integer = node.as_integer()) return std::to_string(integer->get());
  if (const auto* number = node.as_floating_point()) return float_toml(number->get());
  if (const auto* boolean = node.as_boolean()) return boolean->get() ? "true" : "false";
  std::string text = "[";
  if (const auto* array = node.as_array()) {
    for (const toml::node& element : *array) {
      text += (text.size() > 1 ? ", " : "") + value_text(element);
    }
  }
  return text + "]";
}

void flatten(const toml::node& node, const std::string& key, Options& options) {
  const std::string intro = key.empty() ? "" : key + ".";
  const auto is_table = [](const toml::node& element) { return element.is_table(); };
  if (const auto* table = node.as_table()) {
    for (const auto& [name, value] : *table) flatten(value, intro + std::string(name), options);
  } else if (const auto* array = node.as_array(); array && std::ranges::any_of(*array, is_table)) {
    std::size_t index = 0;
    for (const toml::node& element : *array) {
      flatten(element, intro + std::to_string(index++), options);
    }
  } else {
    options[key] = value_text(node);
  }
}

}  // namespace

std::map<std::string, std::string> flat_options(const std::string& toml) {
  Options options;
  flatten(toml::parse(toml), "", options);
  return options;
}

}  // namespace tusk::experiment
