// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <deque>
#include <string>

#include "data/convert/convert_output.hpp"
#include "data/convert/row_plan.hpp"
#include "data/datasets/label_counts.hpp"
#include "data/datasets/rows.hpp"
#include "data/tables/table.hpp"

namespace tusk::convert {

// Puts the table's rows where a plan wants them, by way of a Spool called `spool_path`: every rank
// reads its share of the rows once, and sorts them into buckets of some 64 MB of output; then every
// rank puts whole buckets in order and writes them. Counts the labels if they are classes.
// Collective.
void scatter_rows(tables::Table& table, const RowPlan& plan, datasets::Block share,
                  std::uint64_t chunk_rows, const std::string& spool_path,
                  std::deque<ConvertOutput>& outputs, datasets::LabelCounts& labels,
                  const mpi::Communicator* communicator);

}  // namespace tusk::convert
