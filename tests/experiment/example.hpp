// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "experiment/read_experiment.hpp"
#include "tusk/error.hpp"

namespace tusk {

// A complete experiment with every table, one key a line. Tests count on its lines.
inline constexpr std::string_view example = R"(name = "example"
seed = 7

[data]
train = "/data/train.h5"
validation_split = 0.1
transforms = [{ type = "scale", factor = 0.5 }]

[model]
layers = [
  { type = "dense", units = 500, activation = "relu" },
  { type = "dropout", rate = 0.4 },
  { type = "dense", units = 2, activation = "softmax" },
]
loss = "categorical_crossentropy"
metrics = ["accuracy"]

[optimizer]
name = "sgd"
learning_rate = 0.1
momentum = 0.9

[trainer]
name = "adag"
epochs = 5
batch_size = 64
communication_window = 12
)";

// The least that an experiment can say.
inline constexpr std::string_view smallest = R"(name = "smallest"
[data]
train = "/train.h5"
[model]
layers = [{ type = "dense", units = 1 }]
loss = "mse"
[optimizer]
name = "sgd"
[trainer]
name = "single"
)";

// `text` with its one occurrence of `from` replaced.
inline std::string with(std::string_view text, std::string_view from, std::string_view to) {
  std::string changed(text);
  changed.replace(changed.find(from), from.size(), to);
  return changed;
}

using Overrides = std::vector<std::string>;

inline Experiment read(std::string_view text, const Overrides& overrides = {}) {
  return experiment::read_experiment(text, "e.toml", overrides, {});
}

// What is said of a text that cannot be read; "" if it can.
inline std::string complaint(std::string_view text, const Overrides& overrides = {},
                             ExitCode expected = ExitCode::bad_experiment) {
  try {
    read(text, overrides);
  } catch (const Error& error) {
    return error.code() == expected ? error.what() : "wrong exit code";
  }
  return "";
}

}  // namespace tusk
