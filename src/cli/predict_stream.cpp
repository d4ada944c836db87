// SPDX-License-Identifier: Apache-2.0
#include "cli/predict_stream.hpp"

#include <unistd.h>

#include <chrono>
#include <cmath>
#include <csignal>
#include <vector>

#include "cli/data_arguments.hpp"
#include "core/log.hpp"
#include "core/units.hpp"
#include "mpi/collectively.hpp"
#include "mpi/communicator.hpp"
#include "use/evaluation/ensemble_model.hpp"
#include "use/inference/prediction_stream.hpp"

namespace tusk::cli {
namespace {

inference::StreamOptions options_of(const DataArguments& data, const StreamArguments& arguments) {
  inference::StreamOptions options{.features = data.features.value_or("features"),
                                   .max_batch = arguments.max_batch};
  if (arguments.format == "json") options.format = inference::EventFormat::json;
  if (arguments.format == "csv") options.format = inference::EventFormat::csv;
  options.max_wait = std::chrono::milliseconds(std::lround(arguments.max_wait_s * 1000.0));
  return options;
}

}  // namespace

std::vector<Argument> stream_arguments(StreamArguments& arguments) {
  return {{.name = "--stream",
           .place = &arguments.enabled,
           .help = "Answer every line of stdin (JSON or CSV) by a line of JSON on stdout"},
          {.name = "--format",
           .place = &arguments.format,
           .help = "Of the lines; auto: as the first one looks",
           .shows_default = true,
           .one_of = {"auto", "json", "csv"}},
          {.name = "--max-wait",
           .place = &arguments.max_wait_s,
           .help = "The longest that a line waits for its batch to begin [50ms]",
           .value_text = "TIME",
           .range = Range{0, 3600},
           .is_time = true},
          {.name = "--max-batch",
           .place = &arguments.max_batch,
           .help = "The most lines that are computed at once [256]",
           .value_text = "N",
           .range = Range{1, 65536}}};
}

ExitCode predict_stream(const Context& context, const DataArguments& data,
                        const StreamArguments& arguments) {
  const mpi::Communicator& world = context.world;
  mpi::collectively(world, [&] {
    if (world.size() > 1) {
      fail(ExitCode::usage,
           "--stream runs on one rank: a stream has one order; start several processes on parts of "
           "it");
    }
    const auto members =
        evaluation::load_ensemble(data.model, std::nullopt, context.extensions, data.weights);
    evaluation::check_combination(members, combination(data));
    std::signal(SIGPIPE, SIG_IGN);  // the end of the output's reader is no error of ours
    const inference::StreamCounts counts = inference::stream_predictions(
        STDIN_FILENO, STDOUT_FILENO, members, combination(data), options_of(data, arguments));
    info("answered {} lines, {} of them bad{}", format_count(counts.lines),
         format_count(counts.bad_lines),
         counts.reader_left ? ", until nobody read the answers" : "");
  });
  return ExitCode::done;
}

}  // namespace tusk::cli
