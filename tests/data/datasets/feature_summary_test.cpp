// SPDX-License-Identifier: Apache-2.0
#include "data/datasets/feature_summary.hpp"

#include <doctest/doctest.h>

#include <cmath>
#include <cstdint>
#include <limits>
#include <map>
#include <span>
#include <vector>

#include "data/datasets/label_counts.hpp"
#include "data/hdf5/file.hpp"
#include "temporary_folder.hpp"

namespace tusk::datasets {
namespace {

template <typename T>
hdf5::NumberDataset make_dataset(const test::TemporaryFolder& folder, std::uint64_t columns,
                                 const std::vector<T>& values) {
  hdf5::File file = hdf5::File::create(folder.file("data.h5"));
  std::vector<std::uint64_t> extents{values.size() / columns};
  if (columns > 1) extents.push_back(columns);
  hdf5::NumberDataset dataset = file.create_dataset("values", element_type<T>(), extents);
  dataset.write(0, std::span(values));
  return dataset;
}

TEST_CASE("the range of every column, and of all, with NaNs counted apart") {
  const test::TemporaryFolder folder;
  constexpr float nan = std::numeric_limits<float>::quiet_NaN();
  const hdf5::NumberDataset dataset = make_dataset<float>(folder, 2, {1, -5, nan, 5, 2, 9});
  const FeatureSummary by_column = summarize_features(dataset, true);
  CHECK(by_column.rows == 3);
  CHECK(by_column.columns[0].lowest == 1);
  CHECK(by_column.columns[0].mean() == 1.5);
  CHECK(by_column.columns[0].missing == 1);
  CHECK(by_column.columns[1].highest == 9);
  const FeatureSummary all = summarize_features(dataset, false);
  CHECK(all.columns.size() == 1);
  CHECK(all.columns[0].lowest == -5);
  CHECK(all.columns[0].count == 5);
}

TEST_CASE("of a large data set a sample is looked at that reaches its end") {
  const test::TemporaryFolder folder;
  std::vector<double> values(20'000'000);  // 160 MB, more than is read
  for (std::size_t i = 0; i < values.size(); ++i) values[i] = static_cast<double>(i);
  const hdf5::NumberDataset dataset = make_dataset(folder, 1, values);
  const FeatureSummary summary = summarize_features(dataset, false);
  CHECK(summary.rows < values.size());
  CHECK(summary.rows > values.size() / 4);
  CHECK(summary.columns[0].lowest == 0);
  CHECK(summary.columns[0].highest > 0.9 * static_cast<double>(values.size()));
}

TEST_CASE("labels are counted if they are whole numbers and few") {
  const test::TemporaryFolder folder;
  const auto counts = count_labels(make_dataset<std::int32_t>(folder, 1, {1, 0, 1, -3}));
  CHECK(counts == std::map<std::int64_t, std::uint64_t>{{-3, 1}, {0, 1}, {1, 2}});
  CHECK_FALSE(count_labels(make_dataset<float>(folder, 1, {1, 0})).has_value());
  CHECK_FALSE(count_labels(make_dataset<std::int32_t>(folder, 2, {1, 0})).has_value());
  std::vector<std::int32_t> many(1001);
  for (std::size_t i = 0; i < many.size(); ++i) many[i] = static_cast<std::int32_t>(i);
  CHECK_FALSE(count_labels(make_dataset(folder, 1, many)).has_value());
  many.pop_back();
  CHECK(count_labels(make_dataset(folder, 1, many))->size() == 1000);
}

}  // namespace
}  // namespace tusk::datasets
