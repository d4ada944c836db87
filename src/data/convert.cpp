// SPDX-License-Identifier: Apache-2.0
#include "tusk/data/convert.hpp"

#include <algorithm>
#include <filesystem>
#include <span>

#include "open_table.hpp"
#include "tusk/core/error.hpp"
#include "tusk/data/label_counts.hpp"
#include "tusk/io/attributes.hpp"
#include "tusk/io/checksum.hpp"
#include "tusk/io/file.hpp"
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
    table.read_rows(row, count, blocks);
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
