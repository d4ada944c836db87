// SPDX-License-Identifier: Apache-2.0
#include "open_table.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <string>
#include <vector>

#include "tusk/core/error.hpp"
#include "tusk/io/array_table.hpp"
#include "tusk/io/csv_table.hpp"
#include "tusk/io/input_format.hpp"
#include "tusk/io/libsvm_table.hpp"
#include "tusk/io/record_table.hpp"
#include "tusk/mpi/collectively.hpp"

namespace tusk::data {
namespace {

bool is_text(io::InputFormat format) {
  return format == io::InputFormat::csv || format == io::InputFormat::libsvm;
}

// Options that no other text has say that it is CSV.
bool expects_csv(const ConvertOptions& options) {
  return options.columns != io::ColumnChoice{} ||
         options.csv != io::CsvOptions{.type = options.csv.type};
}

// Texts may be taken for what they do not look like; other formats cannot.
io::InputFormat format_of(const std::string& path, const ConvertOptions& options) {
  const io::InputFormat found = io::recognise_format(path, expects_csv(options));
  const io::InputFormat wanted = options.format.value_or(found);
  if (wanted != found && !(is_text(wanted) && is_text(found))) {
    fail(ExitCode::bad_data, "{} is {} and not {}", path, name_of(found), name_of(wanted));
  }
  return wanted;
}

// The format of all inputs, where IDX and NPY may come together.
io::InputFormat common_format(const ConvertOptions& options) {
  const io::InputFormat first = format_of(options.inputs.front(), options);
  for (const std::string& input : options.inputs) {
    const io::InputFormat other = format_of(input, options);
    if (first == other || (!is_text(first) && !is_text(other))) continue;
    fail(ExitCode::usage,
         "{} is {}, but {} is {}; text files hold their labels themselves and are "
         "converted on their own",
         options.inputs.front(), name_of(first), input, name_of(other));
  }
  return first;
}

// The array file that holds the labels, or none.
std::optional<std::string> label_file(const ConvertOptions& options) {
  if (options.columns.label) return options.columns.label;
  if (options.inputs.size() == 1) return std::nullopt;
  std::vector<std::string> flat;
  for (const std::string& input : options.inputs) {
    if (io::ArrayFiles({input}).row_shape().rank() == 0) flat.push_back(input);
  }
  if (flat.size() == 1) return flat.front();
  fail(ExitCode::usage, "{} a single dimension: which are the labels? (--label FILE)",
       flat.empty() ? "none of the inputs has" : "more than one of the inputs has");
}

std::unique_ptr<io::Table> open_arrays(const ConvertOptions& options) {
  const bool columns = !options.columns.columns.empty() || !options.columns.drop.empty();
  if (options.csv != io::CsvOptions{} || columns) {
    fail(ExitCode::usage,
         "{} is no CSV file: --columns, --drop, --type and the options of CSV files do not apply",
         options.inputs.front());
  }
  const auto label = label_file(options);
  std::vector<std::string> features = options.inputs;
  if (label) std::erase(features, *label);
  if (features.empty()) {
    fail(ExitCode::usage, "{} holds the labels: where are the features?", *label);
  }
  std::vector<io::ArrayTable::Source> sources{{options.names.features, features}};
  if (label) sources.push_back({options.names.label, {*label}});
  return std::make_unique<io::ArrayTable>(sources);
}

bool holds_records(const std::string& path) {
  return !io::ArrayFiles({path}).record_fields().empty();
}

std::unique_ptr<io::Table> open_records(const ConvertOptions& options) {
  if (options.csv != io::CsvOptions{.type = options.csv.type}) {
    fail(ExitCode::usage, "{} is no CSV file: of its options only --type applies",
         options.inputs.front());
  }
  return std::make_unique<io::RecordTable>(options.inputs, options.columns, options.csv.type,
                                           options.names);
}

void check_libsvm(const ConvertOptions& options) {
  if (!expects_csv(options)) return;
  fail(ExitCode::usage,
       "{} is a libsvm file: of the options of columns and CSV files only --type applies",
       options.inputs.front());
}

}  // namespace

std::unique_ptr<io::Table> open_table(const ConvertOptions& options,
                                      const mpi::Communicator* communicator) {
  std::unique_ptr<io::Table> arrays;
  io::InputFormat format = io::InputFormat::csv;
  mpi::collectively(communicator, [&] {
    format = common_format(options);
    if (format == io::InputFormat::libsvm) return check_libsvm(options);
    if (format == io::InputFormat::csv) return;
    const bool records = holds_records(options.inputs.front());
    arrays = records ? open_records(options) : open_arrays(options);
  });
  if (arrays) return arrays;
  if (format == io::InputFormat::libsvm) {
    io::LibsvmOptions libsvm = options.libsvm;
    libsvm.type = options.csv.type;
    return std::make_unique<io::LibsvmTable>(options.inputs, libsvm, options.names, communicator);
  }
  return std::make_unique<io::CsvTable>(options.inputs, options.csv, options.columns, options.names,
                                        communicator);
}

}  // namespace tusk::data
