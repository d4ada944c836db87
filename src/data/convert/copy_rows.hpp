// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

#include "data/convert/convert_output.hpp"
#include "data/datasets/label_counts.hpp"
#include "data/datasets/rows.hpp"
#include "data/tables/table.hpp"

namespace tusk::convert {

// Whether a field can hold classes: whole numbers, one a row.
bool may_be_classes(const tables::TableField& field);

// How many rows to take at a time: some 8 MB of all fields, a multiple of `unit` (rows of a chunk).
std::uint64_t rows_at_a_time(const tables::Table& table, std::uint64_t unit);

// A rank's share of so many rows, in whole units; all rows without a communicator.
datasets::Block share_of(std::uint64_t rows, std::uint64_t unit,
                         const mpi::Communicator* communicator);

// Copies the table's rows to an output in their order, `repeat` times one behind the other, and
// counts the labels if they are classes. Every rank copies its share. Collective.
void copy_rows(tables::Table& table, std::uint64_t repeat, std::uint64_t chunk_rows,
               ConvertOutput& output, datasets::LabelCounts& labels,
               const mpi::Communicator* communicator);

}  // namespace tusk::convert
