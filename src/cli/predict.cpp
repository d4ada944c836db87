// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <array>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "cli/commands.hpp"
#include "cli/data_arguments.hpp"
#include "cli/dataset_name.hpp"
#include "cli/predict_stream.hpp"
#include "core/aligned_vector.hpp"
#include "core/pending_file.hpp"
#include "core/units.hpp"
#include "data/datasets/dataset.hpp"
#include "data/datasets/split.hpp"
#include "data/hdf5/dataset_name.hpp"
#include "data/hdf5/file.hpp"
#include "mpi/collectively.hpp"
#include "mpi/communicator.hpp"
#include "use/evaluation/answers.hpp"
#include "use/evaluation/ensemble_model.hpp"
#include "use/evaluation/summation_blocks.hpp"
#include "use/inference/prediction_file.hpp"

namespace tusk::cli {
namespace {

// Outputs that a rank keeps until they are written: 8 MiB, and at most so many rows.
constexpr std::size_t kept_bytes = 8UL << 20;
constexpr std::size_t most_kept_rows = 1UL << 18;

struct Arguments {
  DataArguments data;
  std::string output;
  std::vector<std::string> copies;
  bool overwrite = false;
  StreamArguments stream;
};

void check_output(const Arguments& arguments) {
  PendingFile::check_free(arguments.output, arguments.overwrite);
  for (const std::string& input : {arguments.data.model, arguments.data.data}) {
    std::error_code error;
    if (!std::filesystem::equivalent(input, arguments.output, error)) continue;
    fail(ExitCode::usage, "{} is both an input and the output", input);
  }
}

// The data sets of the input that are to be copied.
std::vector<hdf5::NumberDataset> open_copies(const Arguments& arguments, std::uint64_t rows) {
  std::vector<std::string> taken{"prediction", "predicted_index", "predicted_class"};
  std::vector<hdf5::NumberDataset> copies;
  if (arguments.copies.empty()) return copies;
  const hdf5::File file = hdf5::File::open(arguments.data.data);
  for (const std::string& name : arguments.copies) {
    const auto other = std::ranges::find_if(
        taken, [&](const std::string& one) { return hdf5::names_collide(one, name); });
    if (other != taken.end()) {
      fail(ExitCode::usage, "--copy {}: the output has data set '{}' already", name, *other);
    }
    taken.push_back(name);
    copies.push_back(file.dataset(name));
    if (copies.back().extents().empty() || copies.back().rows() != rows) {
      fail(ExitCode::bad_data, "{}: data set '{}' of shape {} has no row for each of {} samples",
           arguments.data.data, name, Shape(copies.back().extents()).to_string(),
           format_count(rows));
    }
  }
  return copies;
}

// The next outputs of a rank, as many as it keeps.
class OutputBuffer {
 public:
  OutputBuffer(evaluation::Answers& answers, std::string path, std::size_t width,
               std::uint64_t first_row)
      : answers_(answers),
        path_(std::move(path)),
        width_(width),
        limit_(std::clamp<std::size_t>(kept_bytes / (width * sizeof(Real)), 1, most_kept_rows)),
        next_row_(first_row) {}

  std::size_t limit() const { return limit_; }
  std::uint64_t first_row() const { return first_row_; }
  ConstMatrix outputs() const { return {values_.data(), width_, values_.size() / width_}; }

  void fill() {
    values_.clear();
    first_row_ = next_row_;
    while (values_.size() < limit_ * width_) {
      const auto answer = answers_.next();
      if (!answer) return;
      check_finite(*answer);
      const auto outputs = answer->outputs.flat();
      values_.insert(values_.end(), outputs.begin(), outputs.end());
      next_row_ += answer->outputs.cols();
    }
  }

 private:
  void check_finite(const evaluation::Answer& answer) const {
    if (transforms::all_finite(answer.outputs.flat())) return;
    std::size_t sample = 0;
    while (transforms::all_finite(answer.outputs.col(sample))) ++sample;
    fail(ExitCode::bad_data, "{}: the model's outputs for row {} are not finite", path_,
         answer.first_row + sample);
  }

  evaluation::Answers& answers_;
  std::string path_;
  std::size_t width_;
  std::size_t limit_;
  std::uint64_t next_row_;
  std::uint64_t first_row_ = 0;
  AlignedVector<Real> values_;
};

// Collective. Every rank computes and writes its rows, a buffer at a time.
void write_predictions(const mpi::Communicator& world, const datasets::Block& rows,
                       OutputBuffer& buffer, inference::PredictionFile& file) {
  bool more = true;
  while (more) {
    mpi::collectively(world, [&] { buffer.fill(); });
    file.write(buffer.first_row(), buffer.outputs());
    const bool mine = buffer.first_row() + buffer.outputs().cols() < rows.end;
    more = world.max(mine ? 1 : 0) > 0;
  }
}

ExitCode predict(const mpi::Communicator& world, const Arguments& arguments) {
  std::vector<evaluation::TrainedModel> members;
  std::optional<datasets::Dataset> dataset;
  std::vector<hdf5::NumberDataset> copies;
  std::optional<evaluation::Answers> answers;
  datasets::Block rows;
  const evaluation::Combine combine = combination(arguments.data);
  mpi::collectively(world, [&] {
    check_output(arguments);
    members = evaluation::load_ensemble(arguments.data.model, std::nullopt);
    evaluation::check_combination(members, combine);
    dataset = open_for(members.front(), arguments.data, false);
    copies = open_copies(arguments, dataset->rows());
    const auto views = evaluation::views_of(members);
    rows = evaluation::SummationBlocks(dataset->rows(), evaluation::Answers::batch_rows)
               .rows_of(world);
    answers.emplace(views, combine, *dataset, rows, nullptr);
  });
  const evaluation::TrainedModel& first = members.front();
  const std::size_t width = first.model.output_size();
  inference::PredictionFile file(arguments.output, world,
                                 {.rows = dataset->rows(),
                                  .outputs = width,
                                  .classes = first.classifies,
                                  .class_names = first.class_names});
  OutputBuffer buffer(*answers, arguments.data.data, width, rows.begin);
  write_predictions(world, rows, buffer, file);
  for (const hdf5::NumberDataset& copy : copies) file.copy(copy, rows.begin, rows.end);
  file.finish();
  if (world.rank() == 0) {
    fmt::print("predicted {} rows: {}\n", format_count(dataset->rows()), arguments.output);
  }
  return ExitCode::done;
}

// What goes with --stream, and what without.
void check_usage(const Arguments& arguments) {
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

ExitCode run(const mpi::Communicator& world, const Arguments& arguments) {
  mpi::collectively(world, [&] { check_usage(arguments); });
  return arguments.stream.enabled ? predict_stream(world, arguments.data, arguments.stream)
                                  : predict(world, arguments);
}

}  // namespace

void add_predict(CLI::App& app, Context& context) {
  auto arguments = std::make_shared<Arguments>();
  CLI::App* command = app.add_subcommand(
      "predict",
      "A model's outputs: for a data set, written in parallel into one HDF5 file, or line by line");
  add_data_arguments(*command, arguments->data, false);
  command->get_option("DATA.h5")->required(false);
  command->add_option("-o,--output", arguments->output, "The file to write")->option_text("OUT.h5");
  command
      ->add_option("--copy", arguments->copies,
                   "Data sets of the input, a row a sample, that the output shall have, too")
      ->delimiter(',')
      ->check(dataset_name())
      ->option_text("NAME[,NAME...]");
  command->add_flag("--overwrite", arguments->overwrite, "Replace the file if it exists");
  add_stream_arguments(*command, arguments->stream);
  command->footer(
      "Examples:\n"
      "  mpirun -n 2 tusk predict runs/fashion-mnist-adag/model.h5 data/fashion-mnist-test.h5 "
      "-o predictions.h5 --copy label\n"
      "  kcat -C -b broker -t events | tusk predict model.h5 --stream | kcat -P -b broker -t "
      "predictions");
  command->callback([arguments, &context] {
    context.command = [arguments, &context] { return run(context.world, *arguments); };
  });
}

}  // namespace tusk::cli
