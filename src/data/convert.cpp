// SPDX-License-Identifier: Apache-2.0
#include "tusk/data/convert.hpp"

#include <algorithm>
#include <filesystem>

#include "convert_output.hpp"
#include "copy_rows.hpp"
#include "open_table.hpp"
#include "tusk/core/error.hpp"
#include "tusk/data/label_counts.hpp"
#include "tusk/mpi/collectively.hpp"
#include "tusk/mpi/communicator.hpp"

namespace tusk::data {
namespace {

constexpr std::uint64_t chunk_bytes = std::uint64_t{1} << 20;

void check_output(const ConvertOptions& options, const std::string& output) {
  std::error_code error;
  if (!std::filesystem::exists(output, error)) return;
  if (!options.overwrite) {
    fail(ExitCode::cannot_create, "{} exists already; --overwrite replaces it", output);
  }
  for (const std::string& input : options.inputs) {
    if (std::filesystem::equivalent(input, output, error)) {
      fail(ExitCode::usage, "{} is both an input and the output", input);
    }
  }
}

io::Storage storage_for(io::Storage storage, const io::Table& table) {
  if (storage.gzip > 0 && storage.chunk_rows == 0) {
    storage.chunk_rows =
        std::max<std::uint64_t>(chunk_bytes / table.fields().front().row_bytes(), 1);
  }
  storage.chunk_rows = std::min(storage.chunk_rows, table.rows());
  storage.independent = storage.gzip == 0;
  return storage;
}

std::uint64_t sum_over(const mpi::Communicator* communicator, std::uint64_t value) {
  return communicator == nullptr ? value : communicator->sum(value);
}

}  // namespace

Conversion convert(const ConvertOptions& options, const mpi::Communicator* communicator) {
  if (communicator != nullptr && communicator->size() == 1) communicator = nullptr;
  mpi::collectively(communicator, [&] { check_output(options, options.output); });
  const auto table = open_table(options, communicator);
  const auto& fields = table->fields();
  const io::Storage storage = storage_for(options.storage, *table);

  LabelCounts labels;
  ConvertOutput output(options.output, fields, table->rows(), storage, communicator);
  copy_rows(*table, 1, storage.chunk_rows, output, labels, communicator);
  output.finish();
  mpi::collectively(communicator, [&] { output.publish(); });

  Conversion done{.rows = output.rows(), .features = fields.front()};
  if (fields.size() > 1) done.label = fields[1];
  if (communicator != nullptr) labels.unite(*communicator);
  if (!labels.counts().empty() && !labels.too_many()) done.classes = labels.counts().size();
  done.missing_values = sum_over(communicator, table->missing_values());
  done.bad_rows = table->bad_rows();
  return done;
}

}  // namespace tusk::data
