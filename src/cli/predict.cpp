// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "tusk/cli/commands.hpp"
#include "tusk/cli/data_arguments.hpp"
#include "tusk/core/aligned_vector.hpp"
#include "tusk/core/units.hpp"
#include "tusk/data/dataset.hpp"
#include "tusk/data/split.hpp"
#include "tusk/io/prediction_file.hpp"
#include "tusk/mpi/collectively.hpp"
#include "tusk/mpi/communicator.hpp"
#include "tusk/training/ensemble_model.hpp"
#include "tusk/training/trained_model.hpp"

namespace tusk::cli {
namespace {

struct Arguments {
  DataArguments data;
  std::string output;
  bool overwrite = false;
};

void refuse_existing(const Arguments& arguments) {
  if (!arguments.overwrite && std::filesystem::exists(arguments.output)) {
    fail(ExitCode::cannot_create, "{}: exists already; --overwrite replaces it", arguments.output);
  }
}

ExitCode predict(const mpi::Communicator& world, const Arguments& arguments) {
  std::vector<training::TrainedModel> members;
  std::optional<data::Dataset> dataset;
  data::Block block;
  AlignedVector<Real> outputs;
  mpi::collectively(world, [&] {
    refuse_existing(arguments);
    members = training::load_ensemble(arguments.data.model, std::nullopt);
    dataset = open_for(members.front(), arguments.data, false);
    block = data::block_of(dataset->rows(), static_cast<std::size_t>(world.rank()),
                           static_cast<std::size_t>(world.size()));
    outputs = training::predict_rows(members, combination(arguments.data), *dataset, block);
  });
  const training::TrainedModel& first = members.front();
  const std::size_t width = first.model.output_size();
  io::write_predictions(
      arguments.output, world,
      {.rows = dataset->rows(),
       .outputs = width,
       .classes = first.classifies,
       .class_names = first.class_names},
      {.first_row = block.begin, .outputs = ConstMatrix(outputs.data(), width, block.size())});
  if (world.rank() == 0) {
    fmt::print("predicted {} rows: {}\n", format_count(dataset->rows()), arguments.output);
  }
  return ExitCode::done;
}

}  // namespace

void add_predict(CLI::App& app, Context& context) {
  auto arguments = std::make_shared<Arguments>();
  CLI::App* command = app.add_subcommand(
      "predict", "A model's outputs for a data set, written in parallel into one HDF5 file");
  add_data_arguments(*command, arguments->data, false);
  command->add_option("-o,--output", arguments->output, "The file to write")
      ->required()
      ->option_text("OUT.h5");
  command->add_flag("--overwrite", arguments->overwrite, "Replace the file if it exists");
  command->footer(
      "Example:\n"
      "  mpirun -n 2 tusk predict runs/fashion-mnist-adag/model.h5 data/fashion-mnist-test.h5 "
      "-o predictions.h5");
  command->callback([arguments, &context] {
    context.command = [arguments, &context] { return predict(context.world, *arguments); };
  });
}

}  // namespace tusk::cli
