// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <map>
#include <memory>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

#include "tusk/cli/commands.hpp"
#include "tusk/cli/data_arguments.hpp"
#include "tusk/core/units.hpp"
#include "tusk/data/dataset.hpp"
#include "tusk/experiment/model_options.hpp"
#include "tusk/mpi/collectively.hpp"
#include "tusk/mpi/communicator.hpp"
#include "tusk/training/ensemble_model.hpp"
#include "tusk/training/score_names.hpp"
#include "tusk/training/shared_evaluation.hpp"
#include "tusk/training/trained_model.hpp"

namespace tusk::cli {
namespace {

struct Arguments {
  DataArguments data;
  std::string loss;
  std::vector<std::string> metrics;
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

training::Scoring scoring(const Arguments& arguments) {
  training::Scoring scoring;
  if (!arguments.loss.empty()) scoring.loss = choices<LossKind>().at(arguments.loss);
  for (const std::string& name : arguments.metrics) {
    scoring.metrics.push_back(choices<MetricKind>().at(name));
  }
  return scoring;
}

void print(const Arguments& arguments, const nn::BatchScore& score, const nn::Model& model) {
  const auto values = training::named_values(score, model.metric_names(), "");
  if (arguments.json) {
    nlohmann::ordered_json out{
        {"model", arguments.data.model}, {"data", arguments.data.data}, {"rows", score.samples}};
    for (const auto& [name, value] : values) out[name] = value;
    fmt::print("{}\n", out.dump(2));
    return;
  }
  std::string line = fmt::format("evaluated {} on {}:", arguments.data.model, arguments.data.data);
  for (const auto& [name, value] : values) line += fmt::format(" {} {:.4f}", name, value);
  fmt::print("{} ({} rows)\n", line, format_count(score.samples));
}

ExitCode evaluate(const mpi::Communicator& world, const Arguments& arguments) {
  std::vector<training::TrainedModel> members;
  std::optional<data::Dataset> dataset;
  mpi::collectively(world, [&] {
    members = training::load_ensemble(arguments.data.model, scoring(arguments));
    dataset = open_for(members.front(), arguments.data, true);
  });
  const training::TrainedModel& first = members.front();
  const nn::BatchScore score =
      training::is_ensemble(arguments.data.model)
          ? training::evaluate_together(world, members, combination(arguments.data), *dataset)
          : training::evaluate_together(world, first.model, first.weights, *dataset,
                                        first.transforms);
  if (world.rank() == 0) print(arguments, score, first.model);
  return ExitCode::done;
}

}  // namespace

void add_evaluate(CLI::App& app, Context& context) {
  auto arguments = std::make_shared<Arguments>();
  CLI::App* command =
      app.add_subcommand("evaluate", "Loss and metrics of a model on a data set, rows shared out");
  add_data_arguments(*command, arguments->data, true);
  command->add_option("--loss", arguments->loss, "The loss, if not the one of the training")
      ->check(CLI::IsMember(choice_names<LossKind>()));
  command->add_option("--metrics", arguments->metrics, "The metrics, likewise")
      ->delimiter(',')
      ->check(CLI::IsMember(choice_names<MetricKind>()));
  command->add_flag("--json", arguments->json, "Print one JSON object");
  command->footer(
      "Example:\n"
      "  mpirun -n 2 tusk evaluate runs/fashion-mnist-adag/model.h5 data/fashion-mnist-test.h5");
  command->callback([arguments, &context] {
    context.command = [arguments, &context] { return evaluate(context.world, *arguments); };
  });
}

}  // namespace tusk::cli
