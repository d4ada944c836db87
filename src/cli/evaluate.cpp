// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "cli/commands.hpp"
#include "cli/data_arguments.hpp"
#include "cli/evaluation_text.hpp"
#include "data/datasets/column_names.hpp"
#include "data/datasets/dataset.hpp"
#include "experiment/model_options.hpp"
#include "experiment/read_loss.hpp"
#include "mpi/collectively.hpp"
#include "mpi/communicator.hpp"
#include "use/evaluation/ensemble_model.hpp"
#include "use/evaluation/shared_evaluation.hpp"

namespace tusk::cli {
namespace {

struct EvaluateArguments {
  DataArguments data;
  std::optional<std::string> loss;
  std::vector<std::string> metrics;
  std::vector<std::size_t> top_k;
  bool json = false;
};

// The names of an enum, for CLI11 to check and translate.
template <NamedEnum Enum>
std::map<std::string, Enum> choices() {
  std::map<std::string, Enum> all;
  for (const Named<Enum>& named : names_of(Enum{})) all.emplace(named.name, named.value);
  return all;
}

template <NamedEnum Enum>
std::vector<std::string> choice_names() {
  std::vector<std::string> names;
  for (const auto& [name, value] : choices<Enum>()) names.push_back(name);
  return names;
}

evaluation::Scoring scoring(const EvaluateArguments& arguments, const Extensions& extensions) {
  evaluation::Scoring scoring;
  scoring.weighted = arguments.data.sample_weight.has_value();
  if (arguments.loss) scoring.loss = experiment::read_loss(*arguments.loss, extensions);
  for (const std::string& name : arguments.metrics) {
    scoring.metrics.push_back(choices<MetricKind>().at(name));
  }
  return scoring;
}

// The classes of the data set's labels must be the model's: an index means the same in both.
void check_class_names(const evaluation::TrainedModel& model, const datasets::Dataset& dataset,
                       const EvaluateArguments& arguments) {
  for (std::size_t i = 0; i < dataset.labels_count(); ++i) {
    const std::vector<std::string> stored = dataset.class_names(i);
    if (stored.empty()) continue;
    datasets::check_same_classes(arguments.data.data, dataset.labels(i).name(),
                                 model.transforms.front().class_names(stored), arguments.data.model,
                                 evaluation::class_names_of(model, i));
  }
}

// What to ask of each output. Error(usage) for a k that no output has as many classes for.
std::vector<evaluation::OutputQuestion> questions_for(const evaluation::TrainedModel& model,
                                                      const EvaluateArguments& arguments) {
  const std::vector<graph::ModelOutput>& outputs = model.model.outputs();
  std::vector<evaluation::OutputQuestion> questions(outputs.size());
  for (std::size_t i = 0; i < outputs.size(); ++i) {
    questions[i].classifies = evaluation::classifies(model, i);
  }
  for (const std::size_t k : arguments.top_k) {
    bool is_asked = false;
    for (std::size_t i = 0; i < outputs.size(); ++i) {
      const std::size_t classes = outputs[i].shape.elements();
      if (!questions[i].classifies || classes == 1 || k > classes) continue;
      questions[i].top_k.push_back(k);
      is_asked = true;
    }
    if (is_asked) continue;
    if (outputs.size() > 1) {
      fail(ExitCode::usage, "--top-k {}: no output of {} is of {} classes or more", k,
           arguments.data.model, std::max<std::size_t>(k, 2));
    }
    const std::size_t numbers = model.model.output_size();
    fail(ExitCode::usage, "--top-k {}: {} has {} output{}{}", k, arguments.data.model, numbers,
         numbers == 1 ? "" : "s", model.classifies ? "" : ", which are not of classes");
  }
  return questions;
}

EvaluationSubject subject_of(const evaluation::TrainedModel& model, const datasets::Dataset& data,
                             const std::vector<evaluation::OutputQuestion>& questions,
                             const EvaluateArguments& arguments) {
  const std::vector<graph::ModelOutput>& outputs = model.model.outputs();
  EvaluationSubject subject{.model = arguments.data.model,
                            .data = arguments.data.data,
                            .metric_names = model.model.metric_names(),
                            .weight_names = {},
                            .outputs = {}};
  for (std::size_t i = 0; i < outputs.size(); ++i) {
    subject.outputs.push_back({.name = outputs[i].name,
                               .class_names = evaluation::class_names_of(model, i),
                               .top_k = questions[i].top_k});
  }
  if (data.has_weights()) {
    subject.weight_names = graph::names_of_weight_sums(outputs, data.weighs_apart());
  }
  return subject;
}

std::string loss_help(const Extensions& extensions) {
  std::vector<std::string> names = choice_names<LossKind>();
  for (const auto& kind : extensions.losses) names.push_back(kind->name);
  return fmt::format(
      "The loss, if not the one of the training, as an experiment has it: {}; one with options is "
      "a "
      "table, as in '{{ type = \"mine\", scale = 2.0 }}'",
      fmt::join(names, ", "));
}

ExitCode evaluate(const Context& context, const EvaluateArguments& arguments) {
  const mpi::Communicator& world = context.world;
  std::vector<evaluation::TrainedModel> members;
  std::optional<datasets::Dataset> dataset;
  std::vector<evaluation::OutputQuestion> questions;
  const evaluation::Combine combine = combination(arguments.data);
  mpi::collectively(world, [&] {
    members =
        evaluation::load_ensemble(arguments.data.model, scoring(arguments, context.extensions),
                                  context.extensions, arguments.data.weights);
    evaluation::check_combination(members, combine);
    questions = questions_for(members.front(), arguments);
    dataset = open_for(members.front(), arguments.data, true);
    check_class_names(members.front(), *dataset, arguments);
  });
  const evaluation::FullEvaluation evaluation = evaluation::evaluate_fully(
      world, evaluation::views_of(members), combine, *dataset, questions);
  if (world.rank() != 0) return ExitCode::done;
  const EvaluationSubject subject = subject_of(members.front(), *dataset, questions, arguments);
  const std::string text =
      arguments.json ? evaluation_json(subject, evaluation) : evaluation_table(subject, evaluation);
  fmt::print("{}", text);
  return ExitCode::done;
}

}  // namespace

Command evaluate_command(const Context& context) {
  auto arguments = std::make_shared<EvaluateArguments>();
  Command command{
      .name = "evaluate",
      .help = "How good a model is on a data set: loss, metrics, a table of its classes",
      .example =
          "Example:\n"
          "  mpirun -n 2 tusk evaluate runs/fashion-mnist-adag/model.h5 data/fashion-mnist-test.h5 "
          "--top-k 3",
      .arguments = data_arguments(arguments->data, DataUse::score),
      .run = [arguments, context] { return evaluate(context, *arguments); }};
  const std::vector<Argument> more{
      {.name = "--loss",
       .place = &arguments->loss,
       .help = loss_help(context.extensions),
       .value_text = "NAME|TABLE"},
      {.name = "--metrics",
       .place = &arguments->metrics,
       .help = "The metrics, if not those of the training",
       .comma_separated = true,
       .one_of = choice_names<MetricKind>()},
      {.name = "--top-k",
       .place = &arguments->top_k,
       .help = "Also the share of rows whose class is among the k likeliest; several: 3,5",
       .value_text = "K[,L,...]",
       .comma_separated = true,
       .range = Range{1, 1'000'000}},
      {.name = "--json",
       .place = &arguments->json,
       .help = "Print one JSON object, with every number in full"}};
  command.arguments.insert(command.arguments.end(), more.begin(), more.end());
  return command;
}

}  // namespace tusk::cli
