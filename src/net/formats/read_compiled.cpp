// SPDX-License-Identifier: Apache-2.0
#include "net/formats/read_compiled.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "core/log.hpp"
#include "net/formats/model_file.hpp"

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
      .no_optimizer = fmt::format("{}", fmt::join(content.not_of_optimizer, "; "))};
  const bool is_complete = content.outputs.empty()
                               ? content.loss.has_value()
                               : std::ranges::all_of(content.outputs, [&](const OutputOptions& o) {
                                   return has_loss(content, o);
                                 });
  if (is_complete) {
    compiled.model = compiled_model(content);
    for (const std::string& reason : content.not_compiled) {
      warning("{}: left out of what the model was compiled with: {}", path, reason);
    }
  }
  return compiled;
}

}  // namespace tusk::formats
