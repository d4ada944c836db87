// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "tusk/core/real.hpp"
#include "tusk/data/label_format.hpp"
#include "tusk/io/dataset.hpp"

namespace tusk::data {

// `rows` are the numbers in the file of the rows that follow each other in `numbers`, read from
// `dataset`. Each function throws Error(bad_data) that names file, data set, row and value.

// Features without NaN and infinity.
void check_finite(const io::Dataset& dataset, std::span<const std::uint64_t> rows,
                  ConstSpan numbers);

// Labels in the format's range.
void check_values(const io::Dataset& dataset, std::span<const std::uint64_t> rows,
                  ConstSpan numbers, const LabelFormat& format);

// One class index a row: whole numbers in [0, format.width).
std::vector<std::int32_t> to_classes(const io::Dataset& dataset,
                                     std::span<const std::uint64_t> rows,
                                     std::span<const double> numbers, const LabelFormat& format);

}  // namespace tusk::data
