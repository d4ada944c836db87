// SPDX-License-Identifier: Apache-2.0
#include "net/layers/spatial.hpp"

#include "tusk/error.hpp"

namespace tusk::layers {

const Shape& spatial_input(Shapes inputs, std::size_t axes, const std::string& key) {
  const Shape& input = only_input(inputs, key);
  if (input.rank() != axes + 1) {
    fail(ExitCode::bad_experiment,
         "{}: it takes samples of shape {}, but its input has shape {}; a reshape, in "
         "data.transforms "
         "or as a layer before it, can give it one",
         key, axes == 1 ? "(steps, channels)" : "(height, width, channels)", input.to_string());
  }
  return input;
}

void require_axes(std::size_t numbers, std::size_t axes, const std::string& key, const char* name) {
  if (numbers == 1 || numbers == axes) return;
  fail(ExitCode::bad_experiment, "{}.{} must have one number{}, but has {}", key, name,
       axes == 1 ? "" : ", or one for each of the 2 axes", numbers);
}

WindowedAxis windowed_axis(std::size_t input, const WindowOptions& options) {
  const std::size_t seen = (options.size - 1) * options.dilation + 1;
  const auto windows = [&](std::size_t extent) {
    return extent < seen ? 0 : (extent - seen) / options.stride + 1;
  };
  switch (options.padding) {
    case TimePadding::valid:
      break;
    case TimePadding::same: {
      const std::size_t outputs = (input + options.stride - 1) / options.stride;
      const std::size_t needed = (outputs - 1) * options.stride + seen;
      return {.outputs = outputs, .before = needed > input ? (needed - input) / 2 : 0};
    }
    case TimePadding::causal:
      return {.outputs = windows(input + seen - 1), .before = seen - 1};
  }
  return {.outputs = windows(input), .before = 0};
}

std::vector<WindowedAxis> windowed_axes(const Shape& input,
                                        const std::vector<WindowOptions>& options,
                                        const std::string& key) {
  std::vector<WindowedAxis> axes;
  std::vector<std::size_t> seen;
  for (std::size_t axis = 0; axis < options.size(); ++axis) {
    axes.push_back(windowed_axis(input[axis], options[axis]));
    seen.push_back((options[axis].size - 1) * options[axis].dilation + 1);
  }
  if (std::ranges::any_of(axes, [](const WindowedAxis& axis) { return axis.outputs == 0; })) {
    fail(ExitCode::bad_experiment,
         "{}: its windows of shape {} do not fit into its input of shape {}; padding = \"same\" "
         "takes any",
         key, Shape(seen).to_string(), input.to_string());
  }
  return axes;
}

void require_size(const std::vector<std::size_t>& factors, const std::string& key) {
  std::size_t size = 1;
  for (const std::size_t factor : factors) {
    if (factor > largest_size / std::max<std::size_t>(size, 1)) {
      fail(ExitCode::bad_experiment, "{}: it would have more than 2^40 numbers, which is too large",
           key);
    }
    size *= factor;
  }
}

}  // namespace tusk::layers
