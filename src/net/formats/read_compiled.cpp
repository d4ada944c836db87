// SPDX-License-Identifier: Apache-2.0
#include "net/formats/read_compiled.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "net/formats/model_file.hpp"
#include "net/graph/entry_names.hpp"

namespace tusk::formats {
namespace {

bool has_loss(const ModelContent& content, const OutputOptions& output) {
  return output.loss || content.loss;
}

// Loss and metrics, of each output if there are several.
ModelOptions compiled_model(const ModelContent& content) {
  ModelOptions options = options_of(content);
  options.layers.clear();
  options.inputs.clear();
  if (content.outputs.size() > 1) return options;
  options.outputs.clear();
  if (content.outputs.size() == 1 && content.outputs.front().loss) {
    const OutputOptions& output = content.outputs.front();
    options.loss = *output.loss;
    options.huber_delta = output.huber_delta;
    options.label_smoothing = output.label_smoothing;
    options.from_logits = output.from_logits;
    options.metrics = output.metrics.value_or(options.metrics);
    options.weighted_metrics = output.weighted_metrics.value_or(options.weighted_metrics);
  }
  return options;
}

}  // namespace

CompiledOptions read_compiled_options(const std::string& path, const Extensions& extensions) {
  const ModelContent content = load_without_weights(path, extensions);
  CompiledOptions compiled{
      .model = std::nullopt,
      .no_loss = fmt::format("{}", fmt::join(content.not_compiled, "; ")),
      .optimizer = content.optimizer,
      .no_optimizer = fmt::format("{}", fmt::join(content.not_of_optimizer, "; ")),
      .layers = content.layers,
      .left_out = content.not_compiled};
  const std::vector<std::string> names = graph::names_of_entries(content.layers);
  for (std::size_t i = 0; i < names.size(); ++i) compiled.layers[i].name = names[i];
  const bool is_complete = content.outputs.empty()
                               ? content.loss.has_value()
                               : std::ranges::all_of(content.outputs, [&](const OutputOptions& o) {
                                   return has_loss(content, o);
                                 });
  if (is_complete) compiled.model = compiled_model(content);
  return compiled;
}

}  // namespace tusk::formats
