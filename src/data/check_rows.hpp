// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "tusk/core/real.hpp"
#include "tusk/data/label_format.hpp"
#include "tusk/data/transforms.hpp"
#include "tusk/io/dataset.hpp"
#include "tusk/io/element_type.hpp"

namespace tusk::data {

// `rows` are the numbers in the file of the rows that follow each other in `numbers`, read from
// `dataset`. Each function throws Error(bad_data) that names file, data set, row and value.

// Features as they are stored, of `type`: what the transforms make of them is finite.
void check_features(const io::Dataset& dataset, std::span<const std::uint64_t> rows,
                    io::ElementType type, std::span<const std::byte> features,
                    const Transforms& transforms);

// Labels that are values, in place: as the format wants them, and in its range.
void to_values(const io::Dataset& dataset, std::span<const std::uint64_t> rows, Span numbers,
               const LabelFormat& format);

// One class index a row: whole numbers in [0, format.width), once the format's positive label, if
// it has one, has become 1 and all others 0.
std::vector<std::int32_t> to_classes(const io::Dataset& dataset,
                                     std::span<const std::uint64_t> rows,
                                     std::span<const double> numbers, const LabelFormat& format);

}  // namespace tusk::data
