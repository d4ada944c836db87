// SPDX-License-Identifier: Apache-2.0
#include "cli/convert_arguments.hpp"

#include <CLI/CLI.hpp>
#include <charconv>
#include <cstdint>
#include <map>
#include <optional>

#include "cli/dataset_name.hpp"
#include "core/error.hpp"

namespace tusk::cli {
namespace {

const std::map<std::string, std::optional<tables::InputFormat>> formats{
    {"auto", std::nullopt},
    {"csv", tables::InputFormat::csv},
    {"idx", tables::InputFormat::idx},
    {"npy", tables::InputFormat::npy},
    {"libsvm", tables::InputFormat::libsvm}};
const std::map<std::string, csv::CsvOptions::Header> headers{
    {"auto", csv::CsvOptions::Header::detect},
    {"yes", csv::CsvOptions::Header::present},
    {"no", csv::CsvOptions::Header::absent}};
const std::map<std::string, ElementType> types{{"float32", ElementType::f32},
                                               {"float64", ElementType::f64}};

// "none", "gzip" or "gzip:LEVEL" → the level, 0 for none.
int gzip_level(const std::string& text) {
  constexpr int usual_level = 4;
  constexpr std::string_view intro = "gzip:";
  if (text == "none") return 0;
  if (text == "gzip") return usual_level;
  int level = 0;
  const char* const last = text.data() + text.size();
  const bool leveled = text.starts_with(intro);
  if (leveled && std::from_chars(text.data() + intro.size(), last, level).ptr == last &&
      level >= 1 && level <= 9) {
    return level;
  }
  fail(ExitCode::usage, "--compression: expected none, gzip or gzip:1 … gzip:9, not '{}'", text);
}

// An option that takes a list in one argument.
CLI::Option* add_list(CLI::App& command, const std::string& name, std::vector<std::string>& values,
                      const std::string& description) {
  return command.add_option(name, values, description)
      ->delimiter(',')
      ->allow_extra_args(false)
      ->option_text("COLUMN,...");
}

}  // namespace

ConvertArguments::ConvertArguments(CLI::App& command) {
  add_files(command);
  add_columns(command);
  add_csv(command);
  add_libsvm(command);
  add_rows(command);
  add_storage(command);
}

void ConvertArguments::add_files(CLI::App& command) {
  command
      .add_option(
          "INPUT", options_.inputs,
          "CSV files with the same columns; or libsvm files; or arrays of features and one of "
          "labels "
          "(IDX, NPY; or a folder of NPY files, which are one array in the order of their names)")
      ->required()
      ->option_text(" ");
  command.add_option("-o,--output", options_.output, "The HDF5 file to write")
      ->required()
      ->option_text("OUT.h5");
  command
      .add_option("--label", options_.columns.label,
                  "The label: a column of a CSV file or a field of NPY records (by default the one "
                  "called label), or a file or folder of labels")
      ->option_text("COLUMN|FILE");
  command
      .add_option("--format", format_, "Of the inputs, where they do not look like what they are")
      ->check(CLI::IsMember(&formats))
      ->option_text("auto|csv|idx|npy|libsvm");
  command.add_flag("--overwrite", options_.overwrite, "Replace the output if it exists");
  command.add_option("--features-name", options_.names.features, "The data set of the features")
      ->check(dataset_name())
      ->option_text("NAME");
  command.add_option("--label-name", options_.names.label, "The data set of the labels")
      ->check(dataset_name())
      ->option_text("NAME");
}

void ConvertArguments::add_columns(CLI::App& command) {
  constexpr const char* group = "Columns of CSV files and NPY records, by name or number from 0";
  add_list(command, "--columns", options_.columns.columns,
           "The features, in this order; by default all other columns")
      ->group(group);
  add_list(command, "--drop", options_.columns.drop, "Left out, whatever they hold")->group(group);
  command.add_option("--type", type_, "Of the features, also of libsvm files")
      ->check(CLI::IsMember(&types))
      ->option_text("float32|float64")
      ->group(group);
}

void ConvertArguments::add_csv(CLI::App& command) {
  constexpr const char* group = "CSV";
  command.add_option("--header", header_, "Whether the first row names the columns")
      ->check(CLI::IsMember(&headers))
      ->option_text("auto|yes|no")
      ->group(group);
  const std::map<std::string, std::string> tabs{{"tab", "\t"}, {"\\t", "\t"}};
  command
      .add_option("--delimiter", options_.csv.delimiter, "Between the columns; a comma by default")
      ->transform(CLI::Transformer(tabs))
      ->option_text("CHARACTER|tab")
      ->group(group);
  add_list(command, "--categories", options_.csv.categories,
           "Features that are texts: indices of the texts, in their order")
      ->group(group);
  add_list(command, "--missing", options_.csv.missing,
           "Texts that stand for a missing value, as an empty cell does")
      ->option_text("TEXT,...")
      ->group(group);
  command
      .add_option("--bad-rows", bad_rows_, "Malformed rows: an error, or left out with a warning")
      ->check(CLI::IsMember({"fail", "skip"}))
      ->option_text("fail|skip")
      ->group(group);
}

void ConvertArguments::add_libsvm(CLI::App& command) {
  constexpr const char* group = "libsvm";
  command
      .add_option("--libsvm-base", options_.libsvm.base,
                  "What the file calls the first feature, 1 by default")
      ->check(CLI::IsMember({0, 1}))
      ->option_text("0|1")
      ->group(group);
  command
      .add_option("--libsvm-features", options_.libsvm.columns,
                  "How many features a row has; by default the largest index decides")
      ->option_text("N")
      ->group(group);
}

void ConvertArguments::add_rows(CLI::App& command) {
  constexpr const char* group = "Rows";
  convert::Arrangement& arrangement = options_.arrangement;
  command.add_flag("--shuffle", arrangement.shuffle, "In random order")->group(group);
  command
      .add_option("--split", split_,
                  "Into several files, at random: of -o data.h5 the names are data-train.h5, …")
      ->option_text("train=0.6,test=0.4")
      ->group(group);
  command.add_flag("--stratify", arrangement.stratify, "Split each class in proportion")
      ->group(group);
  command
      .add_option("--repeat", arrangement.repeat,
                  "Each row so often: enlarges the files artificially, after the split")
      ->check(CLI::Range(std::uint64_t{1}, std::uint64_t{1'000'000}))
      ->option_text("N")
      ->group(group);
  command.add_option("--seed", arrangement.seed, "Of --shuffle and --split; 0 by default")
      ->option_text("N")
      ->group(group);
}

void ConvertArguments::add_storage(CLI::App& command) {
  constexpr const char* group = "Storage";
  constexpr std::uint64_t most_rows = std::uint64_t{1} << 31;
  command
      .add_option("--chunk-rows", options_.storage.chunk_rows,
                  "Rows a chunk; by default contiguous, or chunks of some 1 MB if compressed")
      ->check(CLI::Range(std::uint64_t{1}, most_rows))
      ->option_text("N")
      ->group(group);
  command.add_option("--compression", compression_, "Smaller, and slower to read; none by default")
      ->option_text("none|gzip[:1-9]")
      ->group(group);
}

convert::ConvertOptions ConvertArguments::options() const {
  convert::ConvertOptions options = options_;
  options.format = formats.at(format_);
  options.csv.header = headers.at(header_);
  options.csv.type = types.at(type_);
  options.csv.skip_bad_rows = bad_rows_ == "skip";
  options.storage.gzip = gzip_level(compression_);
  if (!split_.empty()) options.arrangement.split = convert::parse_split(split_);
  if (options.arrangement.stratify && split_.empty()) {
    fail(ExitCode::usage, "--stratify is for --split");
  }
  return options;
}

}  // namespace tusk::cli
