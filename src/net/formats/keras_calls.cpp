// SPDX-License-Identifier: Apache-2.0
#include "net/formats/keras_calls.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "tusk/error.hpp"

namespace tusk::formats {
namespace {

using Json = nlohmann::json;

// ["a", 0, 0]: layer, call, output.
KerasTensor read_history(const Json& history) {
  return {history.at(0).get<std::string>(), history.at(1).get<std::size_t>(),
          history.at(2).get<std::size_t>()};
}

bool is_keras3_tensor(const Json& json) {
  return json.is_object() && json.value("class_name", "") == "__keras_tensor__";
}

// The values of Keras 3's arguments: tensors, or lists of them. Anything else is no plain call.
bool read_arguments(const Json& arguments, std::vector<KerasTensor>& tensors) {
  for (const Json& argument : arguments) {
    if (is_keras3_tensor(argument)) {
      tensors.push_back(read_history(argument.at("config").at("keras_history")));
    } else if (!argument.is_array() || !read_arguments(argument, tensors)) {
      return false;
    }
  }
  return true;
}

// Keyword arguments that change nothing: {"mask": null}, {"mask": [null, null]}, {"training":
// false}.
bool are_harmless(const Json& keywords) {
  const auto is_null = [](const Json& value) { return value.is_null(); };
  for (const auto& [key, value] : keywords.items()) {
    const bool is_training = key == "training" && value.is_boolean() && !value.get<bool>();
    const bool is_nothing = value.is_array() && std::ranges::all_of(value, is_null);
    if (!value.is_null() && !is_training && !is_nothing) return false;
  }
  return true;
}

bool read_older_tensor(const Json& tensor, std::vector<KerasTensor>& tensors) {
  if (!tensor.is_array() || tensor.size() < 3 || !tensor[0].is_string()) return false;
  if (tensor.size() > 3 && !are_harmless(tensor[3])) return false;
  if (!tensor[1].is_number_unsigned()) return false;  // a constant, ["_CONSTANT_VALUE", -1, …]
  tensors.push_back(read_history(tensor));
  return true;
}

bool read_older_call(const Json& call, std::vector<KerasTensor>& tensors) {
  if (!call.empty() && call[0].is_string()) return read_older_tensor(call, tensors);
  return std::ranges::all_of(
      call, [&](const Json& tensor) { return read_older_tensor(tensor, tensors); });
}

}  // namespace

std::vector<KerasTensor> read_call(const Json& call, const std::string& where) {
  std::vector<KerasTensor> tensors;
  const bool is_plain = call.is_array() ? read_older_call(call, tensors)
                                        : read_arguments(call.at("args"), tensors) &&
                                              are_harmless(call.value("kwargs", Json::object()));
  if (!is_plain || tensors.empty()) {
    fail(ExitCode::bad_data, "{} is called with something else than outputs of layers, as {}",
         where, call.dump().substr(0, 200));
  }
  return tensors;
}

std::vector<KerasTensor> read_histories(const Json& histories) {
  std::vector<KerasTensor> tensors;
  if (histories.is_array() && !histories.empty() && histories[0].is_string()) {
    return {read_history(histories)};
  }
  for (const Json& history : histories) tensors.push_back(read_history(history));
  return tensors;
}

}  // namespace tusk::formats
