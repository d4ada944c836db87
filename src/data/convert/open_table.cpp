// SPDX-License-Identifier: Apache-2.0
#include "data/convert/open_table.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <string>
#include <vector>

#include "data/csv/csv_table.hpp"
#include "data/tables/array_table.hpp"
#include "data/tables/cifar_table.hpp"
#include "data/tables/input_format.hpp"
#include "data/tables/libsvm_table.hpp"
#include "data/tables/record_table.hpp"
#include "mpi/collectively.hpp"
#include "tusk/error.hpp"

namespace tusk::convert {
namespace {

bool is_cifar(tables::InputFormat format) {
  return format == tables::InputFormat::cifar10 || format == tables::InputFormat::cifar100;
}

bool is_text(tables::InputFormat format) {
  return format == tables::InputFormat::csv || format == tables::InputFormat::libsvm;
}

// Options that no other text has say that it is CSV.
bool expects_csv(const ConvertOptions& options) {
  return options.columns != tables::ColumnChoice{} ||
         options.csv != csv::CsvOptions{.type = options.csv.type};
}

// Texts may be taken for what they do not look like; other formats cannot.
tables::InputFormat format_of(const std::string& path, const ConvertOptions& options) {
  if (options.format && is_cifar(*options.format)) return *options.format;  // it has no signature
  const tables::InputFormat found = tables::recognise_format(path, expects_csv(options));
  const tables::InputFormat wanted = options.format.value_or(found);
  if (wanted != found && !(is_text(wanted) && is_text(found))) {
    fail(ExitCode::bad_data, "{} is {} and not {}", path, name_of(found), name_of(wanted));
  }
  return wanted;
}

// The format of all inputs, where IDX and NPY may come together.
tables::InputFormat common_format(const ConvertOptions& options) {
  const tables::InputFormat first = format_of(options.inputs.front(), options);
  for (const std::string& input : options.inputs) {
    const tables::InputFormat other = format_of(input, options);
    const bool are_arrays =
        !is_text(first) && !is_text(other) && !is_cifar(first) && !is_cifar(other);
    if (first == other || are_arrays) continue;
    fail(ExitCode::usage,
         "{} is {}, but {} is {}; text files and CIFAR's hold their labels themselves and are "
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
    if (tables::ArrayFiles({input}).row_shape().rank() == 0) flat.push_back(input);
  }
  if (flat.size() == 1) return flat.front();
  fail(ExitCode::usage, "{} a single dimension: which are the labels? (--label FILE)",
       flat.empty() ? "none of the inputs has" : "more than one of the inputs has");
}

std::unique_ptr<tables::Table> open_arrays(const ConvertOptions& options) {
  const bool columns = !options.columns.columns.empty() || !options.columns.drop.empty() ||
                       options.columns.weight.has_value() || options.columns.group.has_value();
  if (options.csv != csv::CsvOptions{} || columns) {
    fail(ExitCode::usage,
         "{} is no CSV file: --columns, --drop, --sample-weight, --group, --type and the options "
         "of CSV files do not apply",
         options.inputs.front());
  }
  const auto label = label_file(options);
  std::vector<std::string> features = options.inputs;
  if (label) std::erase(features, *label);
  if (features.empty()) {
    fail(ExitCode::usage, "{} holds the labels: where are the features?", *label);
  }
  std::vector<tables::ArrayTable::Source> sources{{options.names.features, features}};
  if (label) sources.push_back({options.names.label, {*label}});
  return std::make_unique<tables::ArrayTable>(sources);
}

bool holds_records(const std::string& path) {
  return !tables::ArrayFiles({path}).record_fields().empty();
}

std::unique_ptr<tables::Table> open_records(const ConvertOptions& options) {
  if (options.csv != csv::CsvOptions{.type = options.csv.type}) {
    fail(ExitCode::usage, "{} is no CSV file: of its options only --type applies",
         options.inputs.front());
  }
  return std::make_unique<tables::RecordTable>(options.inputs, options.columns, options.csv.type,
                                               options.names);
}

std::unique_ptr<tables::Table> open_cifar(const ConvertOptions& options,
                                          tables::InputFormat format) {
  tables::ColumnChoice others = options.columns;
  const std::string label = others.label.value_or("fine");
  others.label.reset();
  if (others != tables::ColumnChoice{} || options.csv != csv::CsvOptions{}) {
    fail(ExitCode::usage, "{} is {}: options of columns and CSV files do not apply",
         options.inputs.front(), name_of(format));
  }
  const bool is_100 = format == tables::InputFormat::cifar100;
  if (options.columns.label && !(is_100 && (label == "fine" || label == "coarse"))) {
    fail(ExitCode::usage, "--label {}: {}", label,
         is_100 ? "labels of CIFAR-100 are fine or coarse" : "CIFAR-10 has one label");
  }
  const auto kind = is_100 ? tables::CifarKind::cifar100 : tables::CifarKind::cifar10;
  return std::make_unique<tables::CifarTable>(options.inputs, kind, label == "coarse",
                                              options.names);
}

void check_libsvm(const ConvertOptions& options) {
  if (!expects_csv(options)) return;
  fail(ExitCode::usage,
       "{} is a libsvm file: of the options of columns and CSV files only --type applies",
       options.inputs.front());
}

}  // namespace

std::unique_ptr<tables::Table> open_table(const ConvertOptions& options,
                                          const mpi::Communicator* communicator) {
  std::unique_ptr<tables::Table> arrays;
  tables::InputFormat format = tables::InputFormat::csv;
  mpi::collectively(communicator, [&] {
    format = common_format(options);
    if (format == tables::InputFormat::libsvm) return check_libsvm(options);
    if (format == tables::InputFormat::csv) return;
    if (is_cifar(format)) {
      arrays = open_cifar(options, format);
      return;
    }
    const bool records = holds_records(options.inputs.front());
    arrays = records ? open_records(options) : open_arrays(options);
  });
  if (arrays) return arrays;
  if (format == tables::InputFormat::libsvm) {
    tables::LibsvmOptions libsvm = options.libsvm;
    libsvm.type = options.csv.type;
    return std::make_unique<tables::LibsvmTable>(options.inputs, libsvm, options.names,
                                                 communicator);
  }
  return std::make_unique<csv::CsvTable>(options.inputs, options.csv, options.columns,
                                         options.names, communicator);
}

}  // namespace tusk::convert
