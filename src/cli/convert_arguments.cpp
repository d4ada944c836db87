// SPDX-License-Identifier: Apache-2.0
#include "cli/convert_arguments.hpp"

#include <charconv>
#include <cstdint>
#include <map>
#include <optional>

#include "cli/argument_groups.hpp"
#include "tusk/error.hpp"

namespace tusk::cli {
namespace {

const std::map<std::string, std::optional<tables::InputFormat>> formats{
    {"auto", std::nullopt},
    {"csv", tables::InputFormat::csv},
    {"idx", tables::InputFormat::idx},
    {"npy", tables::InputFormat::npy},
    {"libsvm", tables::InputFormat::libsvm},
    {"cifar10", tables::InputFormat::cifar10},
    {"cifar100", tables::InputFormat::cifar100}};
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

}  // namespace

std::vector<Argument> ConvertArguments::described() {
  std::vector<Argument> all;
  add_files(all);
  add_columns(all);
  add_csv(all);
  add_libsvm(all);
  add_rows(all);
  add_storage(all);
  return all;
}

void ConvertArguments::add_files(std::vector<Argument>& all) {
  add(all, "",
      {{.name = "INPUT",
        .place = &options_.inputs,
        .help =
            "CSV files with the same columns; or libsvm files; or arrays of features and one of "
            "labels "
            "(IDX, NPY; or a folder of NPY files, which are one array in the order of their "
            "names, part-2 before part-10); "
            "or CIFAR's binary files",
        .required = true},
       {.name = "-o,--output",
        .place = &options_.output,
        .help = "The HDF5 file to write",
        .value_text = "OUT.h5",
        .required = true},
       {.name = "--label",
        .place = &options_.columns.label,
        .help = "The label: a column of a CSV file or a field of NPY records (by default the one "
                "called label), or a file or folder of labels; of CIFAR-100 fine (by default) or "
                "coarse",
        .value_text = "COLUMN|FILE"},
       {.name = "--format",
        .place = &format_,
        .help = "Of the inputs, where they do not look like what they are",
        .value_text = "auto|csv|idx|npy|libsvm|cifar10|cifar100",
        .one_of = names_of(formats)},
       {.name = "--overwrite",
        .place = &options_.overwrite,
        .help = "Replace the output if it exists"},
       {.name = "--features-name",
        .place = &options_.names.features,
        .help = "The data set of the features",
        .value_text = "NAME",
        .is_dataset_name = true},
       {.name = "--label-name",
        .place = &options_.names.label,
        .help = "The data set of the labels",
        .value_text = "NAME",
        .is_dataset_name = true}});
}

void ConvertArguments::add_columns(std::vector<Argument>& all) {
  add(all, "Columns of CSV files and NPY records, by name or number from 0",
      {list("--columns", options_.columns.columns,
            "The features, in this order; by default all other columns"),
       list("--drop", options_.columns.drop, "Left out, whatever they hold"),
       {.name = "--sample-weight",
        .place = &options_.columns.weight,
        .help = "How much each row counts; no feature then, but a data set of its own",
        .value_text = "COLUMN"},
       {.name = "--weight-name",
        .place = &options_.names.weight,
        .help = "That data set",
        .value_text = "NAME",
        .is_dataset_name = true},
       {.name = "--group",
        .place = &options_.columns.group,
        .help = "Which rows belong together, whole numbers or texts: --split has them in one file; "
                "no feature then, but a data set of its own, of integers",
        .value_text = "COLUMN"},
       {.name = "--group-name",
        .place = &options_.names.group,
        .help = "That data set",
        .value_text = "NAME",
        .is_dataset_name = true},
       {.name = "--type",
        .place = &type_,
        .help = "Of the features, also of libsvm files",
        .value_text = "float32|float64",
        .one_of = names_of(types)}});
}

void ConvertArguments::add_rows(std::vector<Argument>& all) {
  convert::Arrangement& arrangement = options_.arrangement;
  add(all, "Rows",
      {{.name = "--shuffle", .place = &arrangement.shuffle, .help = "In random order"},
       {.name = "--split",
        .place = &split_,
        .help = "Into several files, at random: of -o data.h5 the names are data-train.h5, …; of K "
                "equal parts data-fold1.h5, …",
        .value_text = "train=0.6,test=0.4|K"},
       {.name = "--stratify",
        .place = &arrangement.stratify,
        .help = "Split each class in proportion"},
       {.name = "--repeat",
        .place = &arrangement.repeat,
        .help = "Each row so often: enlarges the files artificially, after the split",
        .value_text = "N",
        .range = Range{1, 1'000'000}},
       {.name = "--seed",
        .place = &arrangement.seed,
        .help = "Of --shuffle and --split; 0 by default",
        .value_text = "N"}});
}

void ConvertArguments::add_storage(std::vector<Argument>& all) {
  constexpr std::uint64_t most_rows = std::uint64_t{1} << 31;
  add(all, "Storage",
      {{.name = "--chunk-rows",
        .place = &options_.storage.chunk_rows,
        .help = "Rows a chunk; by default contiguous, or chunks of some 1 MB if compressed",
        .value_text = "N",
        .range = Range{1, most_rows}},
       {.name = "--compression",
        .place = &compression_,
        .help = "Smaller, and slower to read; none by default",
        .value_text = "none|gzip[:1-9]"}});
}

convert::ConvertOptions ConvertArguments::options() const {
  convert::ConvertOptions options = options_;
  options.format = formats.at(format_);
  set_csv(options.csv);
  options.csv.type = types.at(type_);
  options.storage.gzip = gzip_level(compression_);
  if (!split_.empty()) options.arrangement.split = convert::parse_split(split_);
  if (options.arrangement.stratify && split_.empty()) {
    fail(ExitCode::usage, "--stratify is for --split");
  }
  options.arrangement.by_group = options.columns.group.has_value();
  if (options.arrangement.stratify && options.arrangement.by_group) {
    fail(ExitCode::usage, "--stratify cannot be given together with --group");
  }
  return options;
}

}  // namespace tusk::cli
