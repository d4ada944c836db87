// SPDX-License-Identifier: Apache-2.0
#include "tusk/data/convert.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <memory>
#include <span>

#include "tusk/core/error.hpp"
#include "tusk/data/label_counts.hpp"
#include "tusk/io/array_table.hpp"
#include "tusk/io/attributes.hpp"
#include "tusk/io/checksum.hpp"
#include "tusk/io/file.hpp"
#include "tusk/io/input_format.hpp"
#include "tusk/io/pending_file.hpp"

namespace tusk::data {
namespace {

void check_output(const ConvertOptions& options) {
  std::error_code error;
  if (!std::filesystem::exists(options.output, error)) return;
  if (!options.overwrite) {
    fail(ExitCode::cannot_create, "{} exists already; --overwrite replaces it", options.output);
  }
  for (const std::string& input : options.inputs) {
    if (std::filesystem::equivalent(input, options.output, error)) {
      fail(ExitCode::usage, "{} is both an input and the output", input);
    }
  }
}

bool is_csv(const std::string& path) { return io::recognise_format(path) == io::InputFormat::csv; }

// The array file that holds the labels, or none.
std::optional<std::string> label_file(const ConvertOptions& options) {
  if (options.label) return options.label;
  if (options.inputs.size() == 1) return std::nullopt;
  std::vector<std::string> flat;
  for (const std::string& input : options.inputs) {
    if (io::ArrayFile(input).row_shape().rank() == 0) flat.push_back(input);
  }
  if (flat.size() == 1) return flat.front();
  fail(ExitCode::usage, "{} a single dimension: which are the labels? (--label FILE)",
       flat.empty() ? "none of the inputs has" : "more than one of the inputs has");
}

std::unique_ptr<io::Table> open_arrays(const ConvertOptions& options) {
  if (options.csv != io::CsvOptions{}) {
    fail(ExitCode::usage,
         "{} is no CSV file: --drop, --delimiter, --header and --type do not apply",
         options.inputs.front());
  }
  const auto label = label_file(options);
  std::vector<std::string> features = options.inputs;
  if (label) std::erase(features, *label);
  if (features.size() != 1) {
    fail(ExitCode::usage,
         "one array file of features and one of labels is what convert takes, not {}",
         fmt::join(options.inputs, " and "));
  }
  std::vector<io::ArrayTable::Source> sources{{options.names.features, features.front()}};
  if (label) sources.push_back({options.names.label, *label});
  return std::make_unique<io::ArrayTable>(sources);
}

std::unique_ptr<io::Table> open_table(const ConvertOptions& options) {
  const auto csv_files = std::ranges::count_if(options.inputs, is_csv);
  if (csv_files == 0) return open_arrays(options);
  if (options.inputs.size() > 1) {
    fail(ExitCode::usage, "a CSV file is converted on its own: its labels are a column (--label)");
  }
  return std::make_unique<io::CsvTable>(options.inputs.front(), options.csv, options.label,
                                        options.names);
}

std::vector<io::Dataset> create_datasets(io::File& file, const io::Table& table) {
  std::vector<io::Dataset> datasets;
  for (const io::TableField& field : table.fields()) {
    std::vector<std::uint64_t> extents{table.rows()};
    extents.insert(extents.end(), field.row_shape.extents().begin(),
                   field.row_shape.extents().end());
    datasets.push_back(file.create_dataset(field.name, field.type, extents));
    if (!field.column_names.empty()) {
      io::write_attribute(file, field.name, "column_names", field.column_names);
    }
    if (!field.class_names.empty()) {
      io::write_attribute(file, field.name, "class_names", field.class_names);
    }
  }
  return datasets;
}

void copy_rows(io::Table& table, std::vector<io::Dataset>& datasets) {
  const auto& fields = table.fields();
  const std::uint64_t block_rows = std::min(table.rows(), datasets.front().rows_per_transfer());
  std::vector<std::vector<std::byte>> buffers;
  for (const io::TableField& field : fields) buffers.emplace_back(block_rows * field.row_bytes());

  for (std::uint64_t row = 0; row < table.rows();) {
    const std::uint64_t count = std::min(block_rows, table.rows() - row);
    std::vector<std::span<std::byte>> blocks;
    for (std::size_t i = 0; i < fields.size(); ++i) {
      blocks.push_back(std::span(buffers[i]).first(count * fields[i].row_bytes()));
    }
    table.read_rows(count, blocks);
    for (std::size_t i = 0; i < fields.size(); ++i) {
      datasets[i].write_rows(row, row + count, fields[i].type, blocks[i]);
    }
    row += count;
  }
}

}  // namespace

Conversion convert(const ConvertOptions& options) {
  check_output(options);
  const auto table = open_table(options);
  Conversion done{table->rows(), table->fields().front(), {}, {}, 0};

  io::PendingFile pending(options.output);
  io::File file = io::File::create(pending.part());
  {
    std::vector<io::Dataset> datasets = create_datasets(file, *table);
    copy_rows(*table, datasets);
    if (datasets.size() > 1) {
      done.label = table->fields()[1];
      const auto counts = count_labels(datasets[1]);
      if (counts) done.classes = counts->size();
    }
  }
  done.missing_values = table->missing_values();
  io::write_checksum(file, io::compute_checksum(file));
  file.close();
  pending.publish();
  return done;
}

}  // namespace tusk::data
