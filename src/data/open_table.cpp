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
#include "tusk/io/record_table.hpp"
#include "tusk/mpi/collectively.hpp"

namespace tusk::data {
namespace {

bool is_csv(const std::string& path) { return io::recognise_format(path) == io::InputFormat::csv; }

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
         "{} is no CSV file: --columns, --drop, --delimiter, --header and --type do not apply",
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
  const io::CsvOptions defaults;
  if (options.csv.delimiter != defaults.delimiter || options.csv.header != defaults.header) {
    fail(ExitCode::usage, "{} is no CSV file: --delimiter and --header do not apply",
         options.inputs.front());
  }
  return std::make_unique<io::RecordTable>(options.inputs, options.columns, options.csv.type,
                                           options.names);
}

}  // namespace

std::unique_ptr<io::Table> open_table(const ConvertOptions& options,
                                      const mpi::Communicator* communicator) {
  std::unique_ptr<io::Table> arrays;
  mpi::collectively(communicator, [&] {
    const auto csv_files = static_cast<std::size_t>(std::ranges::count_if(options.inputs, is_csv));
    if (csv_files == 0) {
      const bool records = holds_records(options.inputs.front());
      arrays = records ? open_records(options) : open_arrays(options);
    } else if (csv_files < options.inputs.size()) {
      fail(ExitCode::usage, "CSV files are converted on their own: labels are a column (--label)");
    }
  });
  if (arrays) return arrays;
  return std::make_unique<io::CsvTable>(options.inputs, options.csv, options.columns, options.names,
                                        communicator);
}

}  // namespace tusk::data
