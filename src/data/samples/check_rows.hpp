// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "core/element_type.hpp"
#include "data/datasets/joined_dataset.hpp"
#include "data/datasets/rows.hpp"
#include "data/samples/label_format.hpp"
#include "data/transforms/transforms.hpp"
#include "tusk/real.hpp"

namespace tusk::samples {

// Checks of what has been read from a data set. `rows` says which of its rows the numbers belong
// to, for the messages: each function throws Error(bad_data) that names file, data set, row in the
// file, and value.

// What the transforms make of `features`, which are as the file has them, of `type`, is finite, and
// indices where the model takes such.
void check_features(const datasets::JoinedDataset& dataset, const datasets::Rows& rows,
                    ElementType type, std::span<const std::byte> features,
                    const transforms::Transforms& transforms);

// Throws about the features of one row, which the transforms make nothing of that they accept.
[[noreturn]] void fail_features(const datasets::JoinedDataset& dataset, std::uint64_t row,
                                ElementType type, const std::byte* features,
                                const transforms::Transforms& transforms);

// 1 for the positive label and 0 for any other number; a NaN stays what it is. A double, since Real
// does not tell large labels apart.
double to_binary(double label, double positive);

// Labels that are values lie in the format's range.
void check_values(const datasets::JoinedDataset& dataset, const datasets::Rows& rows,
                  ConstSpan numbers, const LabelFormat& format);

// Returns one class index a row. The numbers must be whole and in [0, format.width), once the
// format's positive label, if it has one, has become 1 and all others 0.
std::vector<std::int32_t> to_classes(const datasets::JoinedDataset& dataset,
                                     const datasets::Rows& rows, std::span<const double> numbers,
                                     const LabelFormat& format);

}  // namespace tusk::samples
