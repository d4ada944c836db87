// SPDX-License-Identifier: Apache-2.0
#include "data/datasets/draw_validation.hpp"

#include <algorithm>
#include <bit>
#include <charconv>
#include <cmath>
#include <numeric>
#include <span>
#include <utility>
#include <vector>

#include "core/random_order.hpp"
#include "core/units.hpp"
#include "tusk/error.hpp"
#include "tusk/random.hpp"

namespace tusk::datasets {
namespace {

constexpr std::size_t most_classes = 1000;

// A number for every row, equal where the data set's numbers are: its integers, or the bits of
// others.
std::vector<std::uint64_t> keys_of(const JoinedDataset& dataset) {
  std::vector<std::uint64_t> keys(dataset.rows());
  const std::uint64_t step = dataset.rows_per_transfer();
  const bool is_integer = !is_floating_point(dataset.type());
  std::vector<double> numbers;
  std::vector<std::int64_t> integers;
  for (std::uint64_t begin = 0; begin < dataset.rows(); begin += step) {
    const std::uint64_t count = std::min(step, dataset.rows() - begin);
    const std::span<std::uint64_t> some = std::span(keys).subspan(begin, count);
    if (dataset.type() == ElementType::u64) {
      dataset.read(begin, some);
    } else if (is_integer) {
      integers.resize(count);
      dataset.read(begin, std::span(integers));
      std::ranges::transform(integers, some.begin(), [](std::int64_t number) {
        return static_cast<std::uint64_t>(number);
      });
    } else {
      numbers.resize(count);
      dataset.read(begin, std::span(numbers));
      for (std::size_t i = 0; i < count; ++i) {
        if (std::isnan(numbers[i])) {
          fail(ExitCode::bad_data, "{}: data set '{}' has nan in row {}, which says no group",
               dataset.path(), dataset.name(), begin + i);
        }
        some[i] = std::bit_cast<std::uint64_t>(numbers[i] + 0.0);  // −0 is 0
      }
    }
  }
  return keys;
}

// The rows sorted by their keys, and where those of each key begin, with the end.
struct Groups {
  std::vector<std::uint64_t> rows;
  std::vector<std::uint64_t> begins;

  explicit Groups(const std::vector<std::uint64_t>& keys) : rows(keys.size()) {
    std::iota(rows.begin(), rows.end(), std::uint64_t{0});
    std::ranges::stable_sort(rows, {}, [&](std::uint64_t row) { return keys[row]; });
    for (std::size_t i = 0; i < rows.size(); ++i) {
      if (i == 0 || keys[rows[i]] != keys[rows[i - 1]]) begins.push_back(i);
    }
    begins.push_back(rows.size());
  }

  std::size_t count() const { return begins.size() - 1; }
  std::span<const std::uint64_t> operator[](std::size_t group) const {
    return std::span(rows).subspan(begins[group], begins[group + 1] - begins[group]);
  }
};

std::uint64_t wanted_of(std::uint64_t rows, double fraction) {
  return static_cast<std::uint64_t>(std::llround(fraction * static_cast<double>(rows)));
}

// Puts the rows in random order and adds their share to `validation`.
void take_share(std::span<const std::uint64_t> some, const ValidationShare& share,
                std::uint32_t stratum, Rows::List& validation) {
  std::vector<std::uint64_t> rows(some.begin(), some.end());
  Random random(share.seed, Stream::validation_split, stratum + 1);
  put_in_random_order(rows, random);
  const Block block = share.fold ? block_of(rows.size(), share.fold->index - 1, share.fold->of)
                                 : Block{0, wanted_of(rows.size(), share.fraction)};
  const auto taken = std::span(rows).subspan(block.begin, block.size());
  validation.insert(validation.end(), taken.begin(), taken.end());
}

Split make_split(std::uint64_t rows, Rows::List validation, const char* advice) {
  if (validation.empty() || validation.size() == rows) {
    fail(ExitCode::bad_data,
         "of {} rows {} would validate and {} train; each needs one at least: {}",
         format_count(rows), format_count(validation.size()),
         format_count(rows - validation.size()), advice);
  }
  std::ranges::sort(validation);
  return {rows, std::move(validation)};
}

// Of more folds some would have nothing to validate with, and not each the same.
void require_folds(const Fold& fold, std::uint64_t count, const char* what) {
  if (fold.of <= count) return;
  fail(ExitCode::bad_data, "data.fold = \"{}/{}\": {} folds of {} {}; each needs one at least",
       fold.index, fold.of, format_count(fold.of), format_count(count), what);
}

}  // namespace

Fold parse_fold(const std::string& text) {
  constexpr std::size_t most_folds = 10'000;
  Fold fold;
  const char* const last = text.data() + text.size();
  const auto [slash, error] = std::from_chars(text.data(), last, fold.index);
  if (error == std::errc() && slash != last && *slash == '/') {
    const auto [end, other_error] = std::from_chars(slash + 1, last, fold.of);
    if (other_error == std::errc() && end == last && fold.of >= 2 && fold.of <= most_folds &&
        fold.index >= 1 && fold.index <= fold.of) {
      return fold;
    }
  }
  fail(ExitCode::bad_experiment,
       "data.fold = \"{}\": expected \"1/5\" to \"5/5\", or so of another number of folds, from 2",
       text);
}

Split split_rows(std::uint64_t rows, const ValidationShare& share) {
  if (!share.fold) return {rows, share.fraction, share.seed};
  require_folds(*share.fold, rows, "rows");
  std::vector<std::uint64_t> all(rows);
  std::iota(all.begin(), all.end(), std::uint64_t{0});
  Rows::List validation;
  take_share(all, share, 0, validation);
  return make_split(rows, std::move(validation), "fewer folds have more rows");
}

Split split_groups(const JoinedDataset& dataset, const ValidationShare& share) {
  const Groups groups(keys_of(dataset));
  if (share.fold) require_folds(*share.fold, groups.count(), "groups");
  std::vector<std::size_t> order(groups.count());
  std::iota(order.begin(), order.end(), std::size_t{0});
  Random random(share.seed, Stream::validation_split, 1);
  put_in_random_order(order, random);
  const std::uint64_t wanted = wanted_of(dataset.rows(), share.fraction);
  std::vector<std::uint64_t> fold_rows(share.fold ? share.fold->of : 0);
  Rows::List validation;
  for (const std::size_t index : order) {
    const auto rows = groups[index];
    bool validates = 2 * validation.size() + rows.size() <= 2 * wanted;
    if (share.fold) {
      const auto fewest = std::ranges::min_element(fold_rows);
      *fewest += rows.size();
      validates = fewest - fold_rows.begin() == static_cast<std::ptrdiff_t>(share.fold->index - 1);
    }
    if (validates) validation.insert(validation.end(), rows.begin(), rows.end());
  }
  return make_split(dataset.rows(), std::move(validation),
                    "data.validation_group has too few groups for that");
}

Split split_classes(const JoinedDataset& labels, const ValidationShare& share) {
  if (labels.row_elements() != 1) {
    fail(ExitCode::bad_data,
         "{}: data.stratify needs labels of a number a row, but data set '{}' has {}",
         labels.path(), labels.name(), labels.row_elements());
  }
  const Groups classes(keys_of(labels));
  if (share.fold) require_folds(*share.fold, labels.rows(), "rows");
  if (classes.count() > most_classes || 2 * classes.count() > labels.rows()) {
    fail(ExitCode::bad_data,
         "{}: data.stratify: the {} different labels in data set '{}' are no "
         "classes",
         labels.path(), format_count(classes.count()), labels.name());
  }
  Rows::List validation;
  for (std::size_t i = 0; i < classes.count(); ++i) {
    take_share(classes[i], share, static_cast<std::uint32_t>(i), validation);
  }
  return make_split(labels.rows(), std::move(validation), "a larger share has more rows");
}

}  // namespace tusk::datasets
