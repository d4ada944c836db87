// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <string>
#include <variant>

#include "cli/inspection_text.hpp"
#include "data/transforms/transforms.hpp"
#include "experiment/table_writer.hpp"
#include "net/formats/model_file.hpp"
#include "net/graph/model.hpp"
#include "options/describe.hpp"

namespace tusk::cli {
namespace {

// "mse", "huber (huber_delta = 1.0)", "lab>log_cosh (scale = 2.0)".
std::string loss_text(const LossOptions& loss, LossDetails details) {
  experiment::TableWriter options;
  std::string name = name_of(loss);
  if (loss == LossKind::huber) options("huber_delta", details.huber_delta);
  if (details.label_smoothing != 0.0) options("label_smoothing", details.label_smoothing);
  if (details.from_logits) options("from_logits", details.from_logits);
  if (const auto* user = std::get_if<UserLoss>(&loss)) {
    name = user->kind->full_name();
    options::AnyOptions copy = user->options;  // describe() takes what it could also change
    describe(options, copy);
  }
  const std::string values = options.on_one_line();
  return values.empty() ? name : fmt::format("{} ({})", name, values);
}

// "name = \"adam\", learning_rate = 0.001, …", as an experiment says it.
std::string optimizer_text(OptimizerOptions optimizer) {
  experiment::TableWriter options;
  describe(options, optimizer);
  return options.on_one_line();
}

// "what: none", or the transforms on lines of their own.
std::string transforms_text(const std::string& what, const std::string& json,
                            const std::string& path, const Extensions& extensions) {
  const auto transforms = transforms::Transforms::from_json(json, path, extensions);
  std::string text = fmt::format("{}: {}\n", what, transforms.empty() ? "none" : "");
  for (const std::string& line : transforms.summary()) text += fmt::format("  {}\n", line);
  return text;
}

// The data of several inputs and of the labels of several outputs.
std::string inputs_text(const formats::ModelContent& content, const std::string& path,
                        const Extensions& extensions) {
  std::string text;
  for (std::size_t i = 0; i < content.input_data.size(); ++i) {
    const formats::InputData& data = content.input_data[i];
    const std::string& name = content.inputs.at(i).name;
    text += fmt::format("data of {}: {}\n", name, data.dataset);
    text += transforms_text("transforms of " + name, data.transforms, path, extensions);
  }
  return text;
}

std::string labels_text(const formats::ModelContent& content) {
  if (content.label_data.size() < 2) return "";
  std::string text;
  for (std::size_t i = 0; i < content.label_data.size(); ++i) {
    const formats::LabelData& data = content.label_data[i];
    const std::string& name = content.outputs.at(i).name;
    text += fmt::format("labels of {}: {}\n", name, data.dataset);
    if (data.class_names.empty()) continue;
    text += fmt::format("classes of {}: {}\n", name, fmt::join(data.class_names, ", "));
  }
  return text;
}

}  // namespace

std::string model_text(const std::string& path, const Extensions& extensions) {
  const formats::ModelContent content = formats::is_architecture(path)
                                            ? formats::load_without_weights(path, extensions)
                                            : formats::load_model(path, extensions);
  const graph::Model model = formats::make_model(formats::options_of(content), content);
  std::string text = model.summary();
  for (const graph::ModelInput& input : model.inputs()) {
    const std::string its_name = model.inputs().size() == 1 ? "" : " " + input.name;
    text += fmt::format("input{}: {}\n", its_name, input.shape.to_string());
  }
  if (content.outputs.empty() && content.loss) {
    text += fmt::format("loss: {}\n", loss_text(*content.loss, loss_details(content)));
  }
  for (const OutputOptions& output : content.outputs) {
    if (!output.loss && !content.loss) continue;
    text += fmt::format("loss of {}: {}\n", output.name,
                        output.loss ? loss_text(*output.loss, loss_details(output))
                                    : loss_text(*content.loss, loss_details(content)));
  }
  if (content.optimizer) text += fmt::format("optimizer: {}\n", optimizer_text(*content.optimizer));
  for (const auto* reasons : {&content.not_compiled, &content.not_of_optimizer}) {
    for (const std::string& reason : *reasons) text += fmt::format("not compiled: {}\n", reason);
  }
  if (!content.columns.names.empty()) {
    text += fmt::format("columns: {}\n", fmt::join(content.columns.names, ", "));
  }
  text += labels_text(content);
  if (!content.class_names.empty() && content.label_data.size() < 2) {
    text += fmt::format("classes: {}\n", fmt::join(content.class_names, ", "));
  }
  if (content.input_data.size() > 1) {
    text += inputs_text(content, path, extensions);
  } else {
    text += transforms_text("transforms", content.transforms, path, extensions);
  }
  text += fmt::format("training: {}\n", content.facts);
  return text;
}

}  // namespace tusk::cli
