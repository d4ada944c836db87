// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <span>

#include "data/datasets/joined_dataset.hpp"
#include "data/datasets/rows.hpp"
#include "data/samples/label_format.hpp"
#include "tusk/real.hpp"

namespace tusk::mpi {
class Communicator;
}

namespace tusk::samples {

// Reads and checks the labels of `rows`: class indices, or values, format.width a row, whichever
// the format says; the other span is empty. Collective with a communicator, that of the data set.
// Error(bad_data) as check_rows.hpp has it. SampleStore calls it, and whoever counts classes.
void read_labels(const datasets::JoinedDataset& labels, const datasets::Rows& rows,
                 const mpi::Communicator* communicator, const LabelFormat& format,
                 std::span<std::int32_t> classes, Span values);

}  // namespace tusk::samples
