// SPDX-License-Identifier: Apache-2.0
#include "data/csv/csv_table.hpp"

#include "data/csv/csv_files.hpp"

namespace tusk::csv {
CsvTable::CsvTable(const std::vector<std::string>& paths, const CsvOptions& options,
                   const tables::ColumnChoice& choice, const tables::FieldNames& names,
                   const mpi::Communicator* communicator)
    : files_(std::make_unique<CsvFiles>(paths, options, choice, communicator)) {
  add_fields(names);
}

CsvTable::~CsvTable() = default;

std::uint64_t CsvTable::rows() const { return files_->rows(); }

tables::BadRows CsvTable::bad_rows() const { return files_->bad_rows(); }

std::vector<std::string> CsvTable::notes() const { return files_->layout().notes; }

void CsvTable::add_fields(const tables::FieldNames& names) {
  const CsvLayout& layout = files_->layout();
  const CsvLearned& learned = files_->learned();
  tables::TableField& features = fields_.emplace_back();
  features.name = names.features;
  features.type = layout.options.type;
  features.row_shape = Shape{layout.features.size()};
  if (layout.has_header) {
    for (const std::size_t column : layout.chosen.features) {
      features.column_names.push_back(layout.names[column]);
    }
  }
  auto classes = learned.categories.begin();
  for (const CsvFeature& feature : layout.features) {
    if (feature.category) features.categories[feature.position] = classes++->names();
  }
  if (layout.chosen.label) {
    fields_.push_back({names.label, learned.labels.type(), {}, {}, learned.labels.class_names()});
  }
  using enum tables::FieldRole;
  if (layout.chosen.weight) {
    fields_.push_back({.name = names.weight, .type = ElementType::f64, .role = weights});
  }
  if (layout.chosen.group) {
    fields_.push_back({.name = names.group, .type = ElementType::i64, .role = groups});
  }
}

void CsvTable::read_rows(std::uint64_t first, std::uint64_t count,
                         std::span<const std::span<std::byte>> out) {
  if (count == 0) return;
  files_->go_to(first);
  const auto wanted = [&](std::size_t field) {
    return out[field].empty() ? nullptr : out[field].data();
  };
  const tables::ChosenColumns& chosen = files_->layout().chosen;
  std::size_t next = 1;
  const auto wanted_if = [&](bool there) { return there ? wanted(next++) : nullptr; };
  CsvFiles::Places places;
  places.features = wanted(0);
  places.label = wanted_if(chosen.label.has_value());
  places.weight = wanted_if(chosen.weight.has_value());
  places.group = wanted_if(chosen.group.has_value());
  for (std::uint64_t row = 0; row < count; ++row) {
    const CsvRow::Counts counts = files_->read_row(places);
    missing_values_ += counts.missing;
    rounded_values_ += counts.rounded;
    if (places.features != nullptr) places.features += fields_[0].row_bytes();
  }
}

}  // namespace tusk::csv
