// SPDX-License-Identifier: Apache-2.0
#include "data/convert/convert.hpp"

#include <fmt/format.h>

#include <memory>
#include <string>

#include "cli/commands.hpp"
#include "cli/convert_arguments.hpp"
#include "core/log.hpp"
#include "core/units.hpp"
#include "mpi/collectively.hpp"
#include "mpi/communicator.hpp"

namespace tusk::cli {
namespace {

constexpr const char* convert_examples =
    "Examples:\n"
    "  tusk convert train-images.gz train-labels.gz -o mnist-train.h5\n"
    "  tusk convert higgs.csv.gz --label Label --drop EventId,Weight -o higgs.h5\n"
    "  tusk convert features.npy --label labels.npy -o train.h5\n"
    "  tusk convert a9a.xz --libsvm-features 123 -o a9a.h5\n"
    "  mpirun -n 4 tusk convert part-*.csv --label kind --split train=0.8,test=0.2 --stratify "
    "--shuffle -o data.h5";

// ", 10 classes", ", labels (3,) float32", "" without labels.
std::string labels_text(const convert::Conversion& done) {
  if (!done.label) return ", no labels";
  if (done.classes) return fmt::format(", {} classes", format_count(*done.classes));
  return fmt::format(", labels {} {}", done.label->row_shape.to_string(),
                     name_of(done.label->type));
}

void convert_inputs(const convert::ConvertOptions& options, const mpi::Communicator& world) {
  const convert::Conversion done = convert::convert(options, &world);
  if (world.rank() != 0) return;
  for (const std::string& note : done.notes) warning("{}", note);
  if (done.bad_rows.count > 0) {
    warning("{} malformed rows were left out; the first: {}", format_count(done.bad_rows.count),
            done.bad_rows.first);
  }
  if (done.missing_values > 0) {
    warning("{} values are empty or NaN in {}; they are stored as NaN",
            format_count(done.missing_values), options.inputs.front());
  }
  if (done.rounded_values > 0) {
    warning("{} whole numbers among the features are rounded by {}{}",
            format_count(done.rounded_values), name_of(done.features.type),
            done.features.type == ElementType::f32 ? "; '--type float64' keeps more digits" : "");
  }
  for (const auto& [path, rows] : done.files) {
    fmt::print("converted {} rows of {} {}{}: {}\n", format_count(rows),
               done.features.row_shape.to_string(), name_of(done.features.type), labels_text(done),
               path);
  }
}

}  // namespace

Command convert_command(const Context& context) {
  const auto arguments = std::make_shared<ConvertArguments>();
  return {.name = "convert",
          .help =
              "Convert CSV, libsvm, IDX or NPY files, plain or compressed (gzip, xz), to an HDF5 "
              "data set",
          .example = convert_examples,
          .arguments = arguments->described(),
          .run = [context, arguments] {
            const mpi::Communicator& world = context.world;
            mpi::collectively(world, [&] { convert_inputs(arguments->options(), world); });
            return ExitCode::done;
          }};
}

}  // namespace tusk::cli
