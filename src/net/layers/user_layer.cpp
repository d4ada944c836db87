// SPDX-License-Identifier: Apache-2.0
#include "net/layers/user_layer.hpp"

#include <algorithm>
#include <vector>

#include "core/with_place.hpp"
#include "tusk/error.hpp"

namespace tusk::layers {
namespace {

// More numbers than a sample or an array of parameters can have.
constexpr double too_many = 1e12;

// Whether it has a number, and not so many that products of such overflow.
bool is_size(const Shape& shape) {
  double size = 1.0;
  for (const std::size_t extent : shape.extents()) size *= static_cast<double>(extent);
  return size >= 1.0 && size < too_many;
}

// What is wrong with it; "" if nothing is.
std::string objection_to(const std::vector<Parameter>& parameters) {
  std::vector<std::string> names;
  for (const Parameter& parameter : parameters) {
    const std::string& name = parameter.name;
    if (name.empty() || name.find('/') != std::string::npos) {
      return fmt::format("has a parameter '{}'; it needs a name, without '/'", name);
    }
    if (std::ranges::count(names, name) > 0) {
      return fmt::format("has two parameters '{}'", name);
    }
    if (!is_size(parameter.shape)) {
      return fmt::format("has a parameter '{}' of shape {}", name, parameter.shape.to_string());
    }
    names.push_back(name);
  }
  return "";
}

std::string objection_to(const LayerMemory& memory, std::span<const Shape> inputs,
                         const std::vector<Shape>& outputs) {
  if (memory.views.size() > outputs.size()) return "has more views than outputs";
  for (std::size_t i = 0; i < memory.views.size(); ++i) {
    const auto& input = memory.views[i];
    if (!input) continue;
    if (*input >= inputs.size()) {
      return fmt::format("has a view of input {}, but {} inputs", *input, inputs.size());
    }
    if (inputs[*input].elements() != outputs[i].elements()) {
      return fmt::format("has an output of shape {} that is a view of an input of shape {}",
                         outputs[i].to_string(), inputs[*input].to_string());
    }
  }
  if (memory.gradients.size() > inputs.size()) return "has more gradients than inputs";
  const double kept = static_cast<double>(memory.kept) + static_cast<double>(memory.kept_of_batch) +
                      static_cast<double>(memory.scratch);
  return kept < too_many ? "" : fmt::format("asks for memory for {:.3g} numbers", kept);
}

std::string objection_to(const Layer& layer, std::span<const Shape> inputs) {
  const std::vector<Shape> outputs = layer.output_shapes();
  for (const Shape& output : outputs) {
    if (!is_size(output)) return fmt::format("has an output of shape {}", output.to_string());
  }
  for (const Mode mode : {Mode::training, Mode::inference}) {
    const std::string objection = objection_to(layer.memory(mode), inputs, outputs);
    if (!objection.empty()) return objection;
  }
  return objection_to(layer.parameters());
}

}  // namespace

std::unique_ptr<Layer> make_user_layer(const UserLayer& user, std::span<const Shape> inputs,
                                       const std::string& key) {
  std::string objection = "makes no layer";
  std::unique_ptr<Layer> layer = with_place(key, [&] {
    std::unique_ptr<Layer> made = user.kind->make(user.options, inputs, key);
    if (made) objection = objection_to(*made, inputs);
    return made;
  });
  if (objection.empty()) return layer;
  fail(ExitCode::internal, "{}: the layer '{}' {}", key, user.kind->full_name(), objection);
}

}  // namespace tusk::layers
