// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "net/formats/model_file.hpp"

namespace tusk::formats {

// What a model of Keras's was compiled with, in `training_config`: losses, their weights and
// metrics become those of `content`, whose layers and outputs have been read. What Tusk does not
// have (another reduction, a loss or metric of another name) is left out and said in
// content.not_compiled; a model need not be compiled at all, and whoever needs a loss asks for it.
void read_training_config(const std::string& json, ModelContent& content);

// Its optimizer, which our own files have there, too: content.optimizer, or why there is none in
// content.not_of_optimizer.
void read_compiled_optimizer(const std::string& json, ModelContent& content);

// The training_config of a model that we write, in the form that Keras 2 and 3 load. Empty, and in
// `obstacle` why, where loss or optimizer are none of Keras's.
std::string write_training_config(const ModelContent& content, std::string& obstacle);

}  // namespace tusk::formats
