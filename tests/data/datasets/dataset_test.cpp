// SPDX-License-Identifier: Apache-2.0
#include "data/datasets/dataset.hpp"

#include <doctest/doctest.h>

#include <cstdint>
#include <vector>

#include "check_fails.hpp"
#include "data/samples/label_format.hpp"
#include "data/samples/samples.hpp"
#include "temporary_folder.hpp"

namespace tusk::datasets {
namespace {

using Kind = samples::LabelFormat::Kind;

Dataset with_labels(const test::TemporaryFolder& folder, const std::vector<std::uint64_t>& shape) {
  hdf5::File file = hdf5::File::create(folder.file("data.h5"));
  file.create_dataset("features", ElementType::u8, {6, 4, 4});
  file.create_dataset("label", ElementType::f32, shape);
  file.close();
  return samples::test_samples::open(folder.file("data.h5"));
}

}  // namespace

TEST_CASE("features and labels that do not go together are refused when they are opened") {
  const test::TemporaryFolder folder;
  CHECK(with_labels(folder, {6}).sample_shape() == Shape{4, 4});
  CHECK_FAILS(with_labels(folder, {5}), ExitCode::bad_data,
              "data set 'label' has 5 rows, but 'features' has 6");
  CHECK_FAILS(with_labels(folder, {6, 1, 1}), ExitCode::bad_data, "'label' has shape (6, 1, 1)");
  const std::string path = folder.file("data.h5");
  with_labels(folder, {6});
  CHECK_FAILS(Dataset::open(path, {"label", "label"}), ExitCode::bad_data,
              "features are [rows, …]");
  CHECK_FAILS(Dataset::open(path, {"feature", "label"}), ExitCode::bad_data,
              "did you mean 'features'?");
  CHECK_FAILS(Dataset::open(path, {"features", "y"}), ExitCode::bad_data, "no data set 'y'");
  CHECK_FALSE(Dataset::open(path, {"features"}).has_labels());
  hdf5::File::create(path).create_dataset("features", ElementType::u8, {0, 4});
  CHECK_FAILS(Dataset::open(path, {"features"}), ExitCode::bad_data,
              "'features' of shape (0, 4) has nothing in it");
}

TEST_CASE("weights are a number a row") {
  const test::TemporaryFolder folder;
  const std::string path = folder.file("data.h5");
  const auto with_weights = [&](const std::vector<std::uint64_t>& shape) {
    hdf5::File file = hdf5::File::create(path);
    file.create_dataset("features", ElementType::u8, {6, 4});
    file.create_dataset("label", ElementType::f32, {6});
    file.create_dataset("event/weight", ElementType::f64, shape);
    file.close();
    return Dataset::open(path, {"features", "label", "event/weight"});
  };
  CHECK(with_weights({6}).has_weights());
  CHECK_FALSE(Dataset::open(path, {"features", "label"}).has_weights());
  CHECK_FAILS(with_weights({5}), ExitCode::bad_data,
              "data set 'event/weight' has 5 rows, but 'features' has 6");
  CHECK_FAILS(with_weights({6, 1}), ExitCode::bad_data,
              "'event/weight' has shape (6, 1); weights are [rows], a number a sample");
}

TEST_CASE("what labels mean depends on the loss, their shape and the model's outputs") {
  const test::TemporaryFolder folder;
  const auto format = [&](const std::vector<std::uint64_t>& shape, LabelKind labels,
                          std::size_t outputs) {
    return samples::label_format(with_labels(folder, shape), labels, outputs, {});
  };
  CHECK(format({6}, LabelKind::classes, 10).kind == Kind::classes);
  CHECK(format({6}, LabelKind::classes, 10).width == 10);
  CHECK(format({6, 1}, LabelKind::classes, 10).kind == Kind::classes);
  CHECK(format({6, 10}, LabelKind::classes, 10).kind == Kind::values);
  CHECK(format({6, 10}, LabelKind::classes, 10).high == 1.0);
  CHECK(format({6}, LabelKind::probabilities, 1).kind == Kind::values);
  CHECK(format({6}, LabelKind::probabilities, 1).low == 0.0);
  CHECK(format({6, 3}, LabelKind::values, 3).kind == Kind::values);
  CHECK(format({6}, LabelKind::values, 1).high > 1e30);
  CHECK_FAILS(format({6, 9}, LabelKind::classes, 10), ExitCode::bad_data,
              "has 9 numbers a row, but the model has 10 outputs");
  CHECK_FAILS(format({6}, LabelKind::values, 3), ExitCode::bad_data, "has 1 numbers a row");
}

}  // namespace tusk::datasets
