// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <deque>
#include <string>

#include "convert_output.hpp"
#include "row_plan.hpp"
#include "tusk/data/label_counts.hpp"
#include "tusk/data/split.hpp"
#include "tusk/io/table.hpp"

namespace tusk::data {

// Puts the table's rows where a plan wants them, by way of a Spool called `spool_path`: every rank
// reads its share of the rows once, and sorts them into buckets of some 64 MB of output; then every
// rank puts whole buckets in order and writes them. Counts the labels if they are classes.
// Collective.
void scatter_rows(io::Table& table, const RowPlan& plan, Block share, std::uint64_t chunk_rows,
                  const std::string& spool_path, std::deque<ConvertOutput>& outputs,
                  LabelCounts& labels, const mpi::Communicator* communicator);

}  // namespace tusk::data
