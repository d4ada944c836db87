// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>

#include "data/datasets/joined_dataset.hpp"
#include "data/datasets/split.hpp"

namespace tusk::datasets {

// One of several shares of the rows that are as equal as can be: number `index` of `of`, from 1.
// Every row is in one of the folds of a seed.
struct Fold {
  std::size_t index = 1;
  std::size_t of = 2;
};

// "2/5". Error(bad_experiment), naming data.fold, for anything else.
Fold parse_fold(const std::string& text);

// Which share of the rows validates: a fraction, or a fold.
struct ValidationShare {
  double fraction = 0.0;
  std::optional<Fold> fold{};
  std::uint64_t seed = 0;
};

// The splits below depend on the seed and the numbers of the data set alone: every rank finds the
// same. Each throws Error(bad_data) where no row would be left to validate, or to train.

// Any rows: a fold of a random order.
Split split_rows(std::uint64_t rows, const ValidationShare& share);

// Rows with the same number in `groups`, [N], are all on one side. Groups are taken in random
// order: into validation as long as it does not grow beyond the share by more than half a group; of
// folds, each into the one with the fewest rows so far. Reads the data set, and sorts its rows.
Split split_groups(const JoinedDataset& groups, const ValidationShare& share);

// The share of each class in `labels`, [N], whose numbers are at most 1,000 different ones.
Split split_classes(const JoinedDataset& labels, const ValidationShare& share);

}  // namespace tusk::datasets
