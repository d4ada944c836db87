// SPDX-License-Identifier: Apache-2.0
#include "tusk/data/convert.hpp"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <map>
#include <memory>
#include <optional>
#include <string>

#include "tusk/cli/commands.hpp"
#include "tusk/core/log.hpp"
#include "tusk/core/units.hpp"
#include "tusk/mpi/collectively.hpp"
#include "tusk/mpi/communicator.hpp"

namespace tusk::cli {
namespace {

constexpr const char* example =
    "Examples:\n"
    "  tusk convert train-images.gz train-labels.gz -o mnist-train.h5\n"
    "  tusk convert higgs.csv.gz --label Label --drop EventId,Weight -o higgs.h5\n"
    "  tusk convert features.npy --label labels.npy -o train.h5\n"
    "  tusk convert a9a.xz --libsvm-features 123 -o a9a.h5";

// ", 10 classes", ", labels (3,) float32", "" without labels.
std::string labels_text(const data::Conversion& done) {
  if (!done.label) return ", no labels";
  if (done.classes) return fmt::format(", {} classes", format_count(*done.classes));
  return fmt::format(", labels {} {}", done.label->row_shape.to_string(),
                     name_of(done.label->type));
}

void convert_inputs(const data::ConvertOptions& options, const mpi::Communicator& world) {
  const data::Conversion done = data::convert(options, &world);
  if (world.rank() != 0) return;
  if (done.bad_rows.count > 0) {
    warning("{} malformed rows were left out; the first: {}", format_count(done.bad_rows.count),
            done.bad_rows.first);
  }
  if (done.missing_values > 0) {
    warning("{} values are empty or NaN in {}; they are stored as NaN",
            format_count(done.missing_values), options.inputs.front());
  }
  fmt::print("converted {} rows of {} {}{}: {}\n", format_count(done.rows),
             done.features.row_shape.to_string(), name_of(done.features.type), labels_text(done),
             options.output);
}

// Options whose values are names.
struct NamedValues {
  std::string format = "auto";
  std::string header = "auto";
  std::string type = "float32";
};

const std::map<std::string, std::optional<io::InputFormat>> formats{
    {"auto", std::nullopt},
    {"csv", io::InputFormat::csv},
    {"idx", io::InputFormat::idx},
    {"npy", io::InputFormat::npy},
    {"libsvm", io::InputFormat::libsvm}};

const std::map<std::string, io::CsvOptions::Header> headers{
    {"auto", io::CsvOptions::Header::detect},
    {"yes", io::CsvOptions::Header::present},
    {"no", io::CsvOptions::Header::absent}};
const std::map<std::string, io::ElementType> types{{"float32", io::ElementType::f32},
                                                   {"float64", io::ElementType::f64}};

void add_column_options(CLI::App& command, io::ColumnChoice& choice) {
  const auto add = [&](const char* name, std::vector<std::string>& columns, const char* text) {
    command.add_option(name, columns, text)
        ->delimiter(',')
        ->allow_extra_args(false)
        ->option_text("COLUMN,...")
        ->group("Columns, by name or number from 0");
  };
  add("--columns", choice.columns, "The features, in this order; by default all other columns");
  add("--drop", choice.drop, "Left out, whatever they hold");
}

void add_csv_options(CLI::App& command, io::CsvOptions& csv, NamedValues& values) {
  constexpr const char* group = "CSV";
  command.add_option("--header", values.header, "Whether the first row names the columns")
      ->check(CLI::IsMember(&headers))
      ->option_text("auto|yes|no")
      ->group(group);
  command
      .add_option("--type", values.type, "Of the features, also of libsvm files and NPY records")
      ->check(CLI::IsMember(&types))
      ->option_text("float32|float64")
      ->group(group);
  const std::map<std::string, std::string> tabs{{"tab", "\t"}, {"\\t", "\t"}};
  command.add_option("--delimiter", csv.delimiter, "Between the columns, a comma by default")
      ->transform(CLI::Transformer(tabs))
      ->option_text("CHARACTER|tab")
      ->group(group);
}

void add_libsvm_options(CLI::App& command, io::LibsvmOptions& libsvm) {
  constexpr const char* group = "libsvm";
  command
      .add_option("--libsvm-base", libsvm.base,
                  "What the file calls the first feature, 1 by default")
      ->check(CLI::IsMember({0, 1}))
      ->option_text("0|1")
      ->group(group);
  command
      .add_option("--libsvm-features", libsvm.columns,
                  "How many features a row has; by default the largest index decides")
      ->option_text("N")
      ->group(group);
}

}  // namespace

void add_convert(CLI::App& app, Context& context) {
  CLI::App& command = *app.add_subcommand(
      "convert",
      "Convert CSV, libsvm, IDX or NPY files, plain or compressed (gzip, xz), to an HDF5 data set");
  command.footer(example);
  const auto options = std::make_shared<data::ConvertOptions>();
  command
      .add_option("INPUT", options->inputs,
                  "CSV files with the same columns; or libsvm files; or arrays of features and one "
                  "of labels (IDX, NPY; "
                  "or a folder of NPY files, which are one array in the order of their names)")
      ->required()
      ->option_text(" ");
  command.add_option("-o,--output", options->output, "The HDF5 file to write")
      ->required()
      ->option_text("OUT.h5");
  command
      .add_option("--label", options->columns.label,
                  "The label: a column of a CSV file or a field of NPY records (by default the one "
                  "called label), or a file or folder of labels")
      ->option_text("COLUMN|FILE");
  const auto named = std::make_shared<NamedValues>();
  command
      .add_option("--format", named->format,
                  "Of the inputs, where they do not look like what they are")
      ->check(CLI::IsMember(&formats))
      ->option_text("auto|csv|idx|npy|libsvm");
  command.add_flag("--overwrite", options->overwrite, "Replace the output if it exists");
  command.add_option("--features-name", options->names.features, "The data set of the features")
      ->option_text("NAME");
  command.add_option("--label-name", options->names.label, "The data set of the labels")
      ->option_text("NAME");
  add_column_options(command, options->columns);
  add_csv_options(command, options->csv, *named);
  add_libsvm_options(command, options->libsvm);

  command.callback([&context, options, named] {
    options->format = formats.at(named->format);
    options->csv.header = headers.at(named->header);
    options->csv.type = types.at(named->type);
    context.command = [&context, options] {
      mpi::collectively(context.world, [&] { convert_inputs(*options, context.world); });
      return ExitCode::done;
    };
  });
}

}  // namespace tusk::cli
