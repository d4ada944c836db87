// SPDX-License-Identifier: Apache-2.0
#include "net/graph/model_output.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstdint>
#include <utility>
#include <variant>

#include "core/log.hpp"
#include "net/graph/make_loss.hpp"
#include "tusk/error.hpp"

namespace tusk::graph {
namespace {

// The activation that a layer ends in; none for a layer without one.
Activation* final_activation(LayerOptions& layer) {
  return std::visit(
      []<typename Kind>(Kind& options) -> Activation* {
        if constexpr (requires { Kind::ends_in_activation; }) return &options.activation;
        return nullptr;
      },
      layer);
}

std::string key_of(const ModelOutput& output, bool is_only, const char* option) {
  if (is_only) return fmt::format("model.{}", option);
  return fmt::format("model.outputs.{}.{}", output.name, option);
}

// Of several outputs, whose scores are called after them: "val_loss" is the validation's loss, not
// that of an output "val", and names of scores are names of data sets in history.h5.
void require_name_for_scores(const std::string& name) {
  for (const char* prefix : {"val_", "test_"}) {
    if (!(name + "_").starts_with(prefix)) continue;
    fail(ExitCode::bad_experiment,
         "model.outputs: '{0}' would have a score '{0}_loss', but scores that begin with '{1}' are "
         "those of the {2} data; give the layer another name",
         name, prefix, prefix == std::string("val_") ? "validation" : "test");
  }
  if (name.find('/') != std::string::npos) {
    fail(ExitCode::bad_experiment,
         "model.outputs: '{0}' would have a score '{0}_loss', but names of scores have no '/'; "
         "give the layer another name",
         name);
  }
}

std::string of_output(const ModelOutput& output, bool is_only) {
  return is_only ? "" : fmt::format(" of output '{}'", output.name);
}

void warn_of_output(const ModelOutput& output, bool is_only) {
  if (!output.ends_in) return;
  const std::string loss = name_of(output.loss_options);
  const std::string key = key_of(output, is_only, "loss");
  const Activation last = *output.ends_in;
  const bool gives_probabilities = last == Activation::softmax || last == Activation::sigmoid;
  const Activation usual = output.loss->takes_over();  // linear if it has taken it over
  if (usual != Activation::linear && !gives_probabilities) {
    warning(
        "{} = '{}' takes the outputs for probabilities, but the last layer ends in '{}'; '{}' is "
        "usual",
        key, loss, name_of(last), name_of(usual));
  }
  if (output.from_logits && last != Activation::linear) {
    warning("{} = '{}' takes the outputs for logits, but the last layer ends in '{}'", key, loss,
            name_of(last));
  }
  if (last == Activation::softmax && output.shape.elements() == 1) {
    warning(
        "model.layers: the last layer{} has one output and ends in 'softmax', which is 1 whatever "
        "the sample; 'sigmoid' is usual",
        of_output(output, is_only));
  } else if (last == Activation::sigmoid && usual == Activation::softmax) {
    warning(
        "{} = '{}' takes the outputs for the probabilities of classes that exclude each other, but "
        "the last layer ends in 'sigmoid', which gives each by itself; 'softmax' is usual",
        key, loss);
  }
}

}  // namespace

std::vector<ModelOutput> make_outputs(const ModelOptions& options, const Wiring& wiring,
                                      std::vector<LayerEntry>& entries) {
  std::vector<ModelOutput> outputs;
  for (std::size_t i = 0; i < wiring.outputs.size(); ++i) {
    const OutputOptions& asked = wiring.outputs[i];
    const LossDetails details = asked.loss ? loss_details(asked) : loss_details(options);
    ModelOutput output{.name = asked.name,
                       .shape = {},
                       .loss_options = asked.loss ? *asked.loss : options.loss,
                       .huber_delta = details.huber_delta,
                       .label_smoothing = details.label_smoothing,
                       .from_logits = details.from_logits,
                       .loss_weight = asked.loss_weight,
                       .metrics = asked.metrics ? *asked.metrics : options.metrics,
                       .weighted_metrics = asked.weighted_metrics ? *asked.weighted_metrics
                                                                  : options.weighted_metrics,
                       .loss = nullptr};
    output.loss = make_loss(output.loss_options, details);
    const Source& source = wiring.output_sources[i];
    Activation* last = final_activation(entries[wiring.layer_of[source.index]]);
    if (last != nullptr) output.ends_in = *last;
    const bool is_its_own =
        source.output == 0 && wiring.readers(source) == 0 && wiring.calls(source.index) == 1;
    if (last != nullptr && is_its_own && *last != Activation::linear &&
        *last == output.loss->takes_over()) {
      output.fused = std::exchange(*last, Activation::linear);
      output.loss = output.loss->of_logits();
    }
    outputs.push_back(std::move(output));
  }
  return outputs;
}

void check_output(const ModelOutput& output, bool is_only) {
  const std::string loss = name_of(output.loss_options);
  const std::string key = key_of(output, is_only, "loss");
  if (output.shape.rank() != 1) {
    fail(ExitCode::bad_experiment,
         "model.layers: the outputs{} of a sample must be one axis, but have shape {}; end in a "
         "flatten or dense layer",
         of_output(output, is_only), output.shape.to_string());
  }
  if (output.loss->labels() == LabelKind::classes && output.shape.elements() < 2) {
    fail(ExitCode::bad_experiment,
         "{} = '{}' needs an output for every class, at least 2, but the last layer has 1; "
         "for two classes on one output use 'binary_crossentropy'",
         key, loss);
  }
  if (output.loss_options == LossOptions(LossKind::huber) && !(output.huber_delta > 0.0)) {
    fail(ExitCode::bad_experiment, "{} must be above 0, but is {}",
         key_of(output, is_only, "huber_delta"), output.huber_delta);
  }
}

void warn_of_outputs(const std::vector<ModelOutput>& outputs) {
  for (const ModelOutput& output : outputs) warn_of_output(output, outputs.size() == 1);
}

std::vector<std::string> names_of_scores(const std::vector<ModelOutput>& outputs) {
  std::vector<std::string> names;
  const bool is_only = outputs.size() == 1;
  if (!is_only) {
    for (const ModelOutput& output : outputs) {
      require_name_for_scores(output.name);
      names.push_back(output.name + "_loss");
    }
  }
  const auto add = [&](const ModelOutput& output, const std::vector<MetricKind>& metrics,
                       const char* option, const char* prefix) {
    for (const MetricKind metric : metrics) {
      const std::string name = prefix + std::string(name_of(metric));
      if (std::ranges::count(metrics, metric) > 1) {
        fail(ExitCode::bad_experiment, "{} names '{}' twice", key_of(output, is_only, option),
             name_of(metric));
      }
      names.push_back(is_only ? name : fmt::format("{}_{}", output.name, name));
    }
  };
  for (const ModelOutput& output : outputs) add(output, output.metrics, "metrics", "");
  for (const ModelOutput& output : outputs) {
    add(output, output.weighted_metrics, "weighted_metrics", "weighted_");
  }
  for (const std::string& name : names) {
    if (std::ranges::count(names, name) == 1) continue;
    fail(ExitCode::bad_experiment,
         "model.outputs: two scores would be called '{}'; give one of the outputs another name",
         name);
  }
  if (names.size() > BatchScore::max_metrics) {
    fail(ExitCode::bad_experiment,
         "model.outputs: losses and metrics of all outputs are {} scores, but at most {} are kept",
         names.size(), BatchScore::max_metrics);
  }
  return names;
}

std::vector<std::string> names_of_weight_sums(const std::vector<ModelOutput>& outputs, bool apart) {
  if (!apart) return {"weight_sum"};
  std::vector<std::string> names;
  for (const ModelOutput& output : outputs) names.push_back(output.name + "_weight_sum");
  return names;
}

BatchScore::Weighing weighing_of_scores(const std::vector<ModelOutput>& outputs) {
  std::size_t next = outputs.size() > 1 ? outputs.size() : 0;
  for (const ModelOutput& output : outputs) next += output.metrics.size();
  BatchScore::Weighing weighing{};
  for (std::size_t i = 0; i < outputs.size(); ++i) {
    for (std::size_t k = 0; k < outputs[i].weighted_metrics.size(); ++k) {
      weighing[next++] = static_cast<std::uint8_t>(i + 1);
    }
  }
  return weighing;
}

}  // namespace tusk::graph
