// SPDX-License-Identifier: Apache-2.0
#include "data/tables/array_table.hpp"

#include "core/units.hpp"
#include "tusk/error.hpp"

namespace tusk::tables {

ArrayTable::ArrayTable(const std::vector<Source>& sources) {
  for (const auto& [name, paths] : sources) {
    const ArrayFiles& file = *files_.emplace_back(std::make_unique<ArrayFiles>(paths));
    const ArrayFiles& first = *files_.front();
    if (!file.record_fields().empty()) {
      fail(ExitCode::bad_data, "{} holds records: their label is a field (--label FIELD)",
           file.path());
    }
    if (file.rows() != first.rows()) {
      fail(ExitCode::bad_data, "{} has {} rows, but {} has {}", first.path(),
           format_count(first.rows()), file.path(), format_count(file.rows()));
    }
    fields_.push_back({name, file.type(), file.row_shape(), {}, {}});
  }
}

void ArrayTable::read_rows(std::uint64_t first, std::uint64_t,
                           std::span<const std::span<std::byte>> out) {
  for (std::size_t i = 0; i < files_.size(); ++i) {
    if (!out[i].empty()) files_[i]->read_rows(first, out[i]);
  }
}

}  // namespace tusk::tables
