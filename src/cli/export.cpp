// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <filesystem>
#include <memory>
#include <string>

#include "cli/commands.hpp"
#include "core/log.hpp"
#include "core/pending_file.hpp"
#include "core/units.hpp"
#include "mpi/collectively.hpp"
#include "mpi/communicator.hpp"
#include "mpi/file_lock.hpp"
#include "net/exports/export_model.hpp"
#include "net/formats/model_file.hpp"

namespace tusk::cli {
namespace {

struct ExportArguments {
  std::string model;
  std::string weights;
  std::string output;
  std::string format;
  bool overwrite = false;
};

ModelFormat wanted_format(const ExportArguments& arguments) {
  const std::string name = arguments.format.empty() ? arguments.output : "." + arguments.format;
  if (const auto format = exports::format_of(name)) return *format;
  fail(ExitCode::usage,
       "{}: its name does not say the format: it ends in .h5, .keras, .onnx or .safetensors, or "
       "--format "
       "names one",
       arguments.output);
}

void write_model(const ExportArguments& arguments, const Extensions& extensions) {
  if (arguments.output.empty()) {
    fail(ExitCode::usage, "--output is required (see tusk export --help)");
  }
  const ModelFormat format = wanted_format(arguments);
  const auto lock = mpi::FileLock::of_output(arguments.output);
  PendingFile::check_free(arguments.output, arguments.overwrite);
  const formats::ModelContent content =
      formats::load_model(arguments.model, extensions, arguments.weights);
  try {
    for (const std::string& note : exports::write_model(arguments.output, format, content)) {
      warning("{}: {}", arguments.output, note);
    }
  } catch (const Error& error) {
    if (error.code() != ExitCode::bad_data) throw;
    fail(ExitCode::bad_data, "{}: {}", arguments.model, error.what());
  }
  fmt::print("exported {}: {}, {}\n", arguments.model, arguments.output,
             format_bytes(std::filesystem::file_size(arguments.output)));
}

}  // namespace

Command export_command(const Context& context) {
  const auto arguments = std::make_shared<ExportArguments>();
  return {
      .name = "export",
      .help = "Write a model for other programs: as ONNX, safetensors or Keras's .h5 and .keras",
      .example =
          "Example:\n  tusk export runs/higgs-adag/model.h5 -o higgs.onnx\n"
          "ONNX contains the transforms, too: it takes rows as they are stored.",
      .arguments = {{.name = "MODEL.h5",
                     .place = &arguments->model,
                     .help = "A model: Tusk's, Keras's (.h5, .keras), or JSON with --weights",
                     .required = true},
                    {.name = "-o,--output",
                     .place = &arguments->output,
                     .help = "The file to write",
                     .value_text = "FILE.{keras,onnx,safetensors,h5}"},
                    {.name = "--format",
                     .place = &arguments->format,
                     .help = "The format, where the file's name does not say it",
                     .one_of = {"h5", "keras", "onnx", "safetensors"}},
                    {.name = "--weights",
                     .place = &arguments->weights,
                     .help = "The file of the weights, where the model is JSON",
                     .value_text = "WEIGHTS.h5"},
                    {.name = "--overwrite",
                     .place = &arguments->overwrite,
                     .help = "Replace the file if it exists"}},
      .run = [context, arguments] {
        mpi::collectively(context.world, [&] {
          if (context.world.rank() == 0) write_model(*arguments, context.extensions);
        });
        return ExitCode::done;
      }};
}

}  // namespace tusk::cli
