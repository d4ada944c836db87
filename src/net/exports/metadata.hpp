// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <utility>
#include <vector>

namespace tusk::formats {
struct ModelContent;
}

namespace tusk::exports {

// What a program that runs an exported model may want to know, as texts of JSON by name:
// "transforms", "class_names" and "columns", lists each; of a model of several inputs, or of labels
// for each output, an object with such a list for each one's name.
std::vector<std::pair<std::string, std::string>> metadata_of(const formats::ModelContent& content);

}  // namespace tusk::exports
