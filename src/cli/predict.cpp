// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>

#include "tusk/cli/commands.hpp"
#include "tusk/cli/data_arguments.hpp"
#include "tusk/core/aligned_vector.hpp"
#include "tusk/core/units.hpp"
#include "tusk/data/batches.hpp"
#include "tusk/data/dataset.hpp"
#include "tusk/data/split.hpp"
#include "tusk/io/prediction_file.hpp"
#include "tusk/mpi/collectively.hpp"
#include "tusk/mpi/communicator.hpp"
#include "tusk/training/evaluation.hpp"
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

// The outputs (outputs, rows) for this rank's block of rows.
AlignedVector<Real> predict_rows(const training::TrainedModel& trained,
                                 const data::Dataset& dataset, data::Block block) {
  const data::Split all(dataset.rows());
  const auto shard =
      data::Shard::read(dataset, all.training_rows(block), nullptr, trained.transforms);
  AlignedVector<Real> outputs(shard.size() * trained.model.output_size());
  if (shard.empty()) return outputs;
  const std::size_t batch_size = training::slice_rows(trained.model);
  auto workspace = trained.model.make_workspace(batch_size, false);
  data::Batches batches(shard, {.batch_size = batch_size, .shuffle = false});
  batches.start_epoch(1);
  auto out = outputs.begin();
  while (const auto batch = batches.next()) {
    const ConstMatrix y = trained.model.predict(trained.weights, batch->features, workspace);
    out = std::ranges::copy(y.flat(), out).out;
  }
  return outputs;
}

ExitCode predict(const mpi::Communicator& world, const Arguments& arguments) {
  std::optional<training::TrainedModel> trained;
  std::optional<data::Dataset> dataset;
  data::Block block;
  AlignedVector<Real> outputs;
  mpi::collectively(world, [&] {
    refuse_existing(arguments);
    trained = training::load_for_prediction(arguments.data.model);
    dataset = open_for(trained->model, arguments.data, false);
    block = data::block_of(dataset->rows(), static_cast<std::size_t>(world.rank()),
                           static_cast<std::size_t>(world.size()));
    outputs = predict_rows(*trained, *dataset, block);
  });
  const std::size_t width = trained->model.output_size();
  io::write_predictions(
      arguments.output, world,
      {.rows = dataset->rows(),
       .outputs = width,
       .classes = trained->classifies,
       .class_names = trained->class_names},
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
