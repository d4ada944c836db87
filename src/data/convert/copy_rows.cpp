// SPDX-License-Identifier: Apache-2.0
#include "data/convert/copy_rows.hpp"

#include <algorithm>

#include "data/convert/field_buffers.hpp"
#include "data/convert/rounds.hpp"
#include "data/datasets/split.hpp"
#include "mpi/communicator.hpp"

namespace tusk::convert {
namespace {

constexpr std::uint64_t block_bytes = std::uint64_t{8} << 20;

}  // namespace

datasets::Block share_of(std::uint64_t rows, std::uint64_t unit,
                         const mpi::Communicator* communicator) {
  if (communicator == nullptr) return {0, rows};
  const std::uint64_t units = (rows + unit - 1) / unit;
  const datasets::Block block =
      datasets::block_of(units, static_cast<std::size_t>(communicator->rank()),
                         static_cast<std::size_t>(communicator->size()));
  return {std::min(block.begin * unit, rows), std::min(block.end * unit, rows)};
}

bool may_be_classes(const tables::TableField& field) {
  return field.role == tables::FieldRole::values && field.row_shape.rank() == 0 &&
         !is_floating_point(field.type);
}

std::uint64_t rows_at_a_time(const tables::Table& table, std::uint64_t unit) {
  std::uint64_t row_bytes = 1;
  for (const tables::TableField& field : table.fields()) row_bytes += field.row_bytes();
  return std::max<std::uint64_t>(block_bytes / row_bytes / unit, 1) * unit;
}

void copy_rows(tables::Table& table, std::uint64_t repeat, std::uint64_t chunk_rows,
               ConvertOutput& output, datasets::LabelCounts& labels,
               const mpi::Communicator* communicator) {
  const std::uint64_t unit = std::max<std::uint64_t>(chunk_rows, 1);
  const std::uint64_t step = rows_at_a_time(table, unit);
  const datasets::Block share = share_of(table.rows(), unit, communicator);
  const auto& fields = table.fields();
  const bool classes = fields.size() > 1 && may_be_classes(fields[1]);
  FieldBuffers block(fields, std::min(step, share.size()));

  Rounds rounds((share.size() + step - 1) / step, communicator);
  rounds.run([&](std::uint64_t round) {
    const std::uint64_t first = std::min(share.begin + round * step, share.end);
    std::uint64_t count = std::min(step, share.end - first);
    const bool read = rounds.attempt([&] {
      table.read_rows(first, count, block.room(count));
      if (classes) labels.add(datasets::integers_of(fields[1].type, block.rows(count)[1]));
    });
    if (!read) count = 0;
    for (std::uint64_t copy = 0; copy < repeat; ++copy) {
      const std::uint64_t begin = copy * table.rows() + first;
      rounds.join([&] { output.write(begin, count, block.rows(count)); });
    }
  });
}

}  // namespace tusk::convert
