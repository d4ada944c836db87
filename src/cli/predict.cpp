// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "cli/commands.hpp"
#include "cli/data_arguments.hpp"
#include "cli/predict_stream.hpp"
#include "core/pending_file.hpp"
#include "core/units.hpp"
#include "mpi/collectively.hpp"
#include "mpi/communicator.hpp"
#include "use/evaluation/ensemble_model.hpp"
#include "use/inference/dataset_predictions.hpp"

namespace tusk::cli {
namespace {

struct PredictArguments {
  DataArguments data;
  std::string output;
  std::vector<std::string> copies;
  bool overwrite = false;
  StreamArguments stream;
};

void check_output(const PredictArguments& arguments) {
  PendingFile::check_free(arguments.output, arguments.overwrite);
  for (const std::string& input : {arguments.data.model, arguments.data.data}) {
    std::error_code error;
    if (!std::filesystem::equivalent(input, arguments.output, error)) continue;
    fail(ExitCode::usage, "{} is both an input and the output", input);
  }
}

ExitCode predict(const Context& context, const PredictArguments& arguments) {
  const mpi::Communicator& world = context.world;
  std::vector<evaluation::TrainedModel> members;
  std::optional<inference::DatasetPredictions> predictions;
  const evaluation::Combine combine = combination(arguments.data);
  mpi::collectively(world, [&] {
    check_output(arguments);
    members = evaluation::load_ensemble(arguments.data.model, std::nullopt, context.extensions,
                                        arguments.data.weights);
    evaluation::check_combination(members, combine);
    predictions.emplace(world, members, combine, open_for(members.front(), arguments.data, false),
                        arguments.copies);
  });
  predictions->write(arguments.output);
  if (world.rank() == 0) {
    fmt::print("predicted {} rows: {}\n", format_count(predictions->rows()), arguments.output);
  }
  return ExitCode::done;
}

// What goes with --stream, and what without.
void check_usage(const PredictArguments& arguments) {
  const bool file = !arguments.data.data.empty();
  if (arguments.stream.enabled) {
    if (file || !arguments.output.empty() || !arguments.copies.empty()) {
      fail(ExitCode::usage,
           "with --stream samples come from stdin and predictions go to stdout: no DATA.h5, no "
           "--output, no --copy");
    }
    return;
  }
  if (!file) fail(ExitCode::usage, "DATA.h5 is required, or --stream (see tusk predict --help)");
  if (arguments.output.empty()) {
    fail(ExitCode::usage, "--output is required (see tusk predict --help)");
  }
}

ExitCode run(const Context& context, const PredictArguments& arguments) {
  mpi::collectively(context.world, [&] { check_usage(arguments); });
  return arguments.stream.enabled ? predict_stream(context, arguments.data, arguments.stream)
                                  : predict(context, arguments);
}

}  // namespace

Command predict_command(const Context& context) {
  auto arguments = std::make_shared<PredictArguments>();
  Command command{
      .name = "predict",
      .help =
          "A model's outputs: for a data set, written in parallel into one HDF5 file, or line by "
          "line",
      .example =
          "Examples:\n"
          "  mpirun -n 2 tusk predict runs/fashion-mnist-adag/model.h5 data/fashion-mnist-test.h5 "
          "-o predictions.h5 --copy label\n"
          "  kcat -C -b broker -t events | tusk predict model.h5 --stream | kcat -P -b broker -t "
          "predictions",
      .arguments = data_arguments(arguments->data, DataUse::predict),
      .run = [arguments, context] { return run(context, *arguments); }};
  const std::vector<Argument> more{
      {.name = "-o,--output",
       .place = &arguments->output,
       .help = "The file to write",
       .value_text = "OUT.h5"},
      {.name = "--copy",
       .place = &arguments->copies,
       .help = "Data sets of the input, a row a sample, that the output shall have, too",
       .value_text = "NAME[,NAME...]",
       .comma_separated = true,
       .is_dataset_name = true},
      {.name = "--overwrite",
       .place = &arguments->overwrite,
       .help = "Replace the file if it exists"}};
  command.arguments.insert(command.arguments.end(), more.begin(), more.end());
  const std::vector<Argument> stream = stream_arguments(arguments->stream);
  command.arguments.insert(command.arguments.end(), stream.begin(), stream.end());
  return command;
}

}  // namespace tusk::cli
