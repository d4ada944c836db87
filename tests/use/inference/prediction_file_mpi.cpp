// SPDX-License-Identifier: Apache-2.0
#include "use/inference/prediction_file.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <cstdint>
#include <filesystem>
#include <numeric>
#include <string>
#include <vector>

#include "check_fails.hpp"
#include "data/hdf5/file.hpp"
#include "mpi/communicator.hpp"
#include "shared_folder.hpp"

namespace tusk::inference {

TEST_CASE("every rank's rows stand in one file, also if a rank has none") {
  const auto world = mpi::Communicator::world();
  const test::SharedFolder folder(world);
  const std::string path = folder.file("out.h5");
  // Rank r has 3r rows of 2 outputs; row i predicts (0, i), so class 1 from row 1 on.
  const auto rank = static_cast<std::uint64_t>(world.rank());
  const auto ranks = static_cast<std::uint64_t>(world.size());
  const std::uint64_t first = 3 * rank * (rank - 1) / 2;
  const std::uint64_t rows = 3 * ranks * (ranks - 1) / 2;
  std::vector<float> outputs;
  for (std::uint64_t row = first; row < first + 3 * rank; ++row) {
    outputs.push_back(0.0F);
    outputs.push_back(static_cast<float>(row));
  }
  const PredictionLayout layout{
      .rows = rows,
      .outputs = {{.width = 2, .classes = true, .class_names = {"background", "signal"}}}};
  PredictionFile predictions(path, world, layout);
  // Two pieces, of which rank 0 has nothing and rank 1 a short one.
  const std::uint64_t piece = std::min<std::uint64_t>(2, 3 * rank);
  predictions.write(0, first, ConstMatrix(outputs.data(), 2, piece));
  predictions.write(0, first + piece, ConstMatrix(outputs.data() + 2 * piece, 2, 3 * rank - piece));
  CHECK_FALSE(std::filesystem::exists(path));
  predictions.finish();

  const hdf5::File file = hdf5::File::open(path);
  const hdf5::NumberDataset prediction = file.dataset("prediction");
  CHECK(prediction.extents() == std::vector<std::uint64_t>{rows, 2});
  std::vector<float> all(2 * rows);
  prediction.read(0, std::span(all));
  std::vector<std::int32_t> index(rows);
  file.dataset("predicted_index").read(0, std::span(index));
  for (std::uint64_t row = 0; row < rows; ++row) {
    CHECK(all[2 * row + 1] == static_cast<float>(row));
    CHECK(index[row] == (row == 0 ? 0 : 1));
  }
  CHECK_FAILS(file.dataset("predicted_class"), ExitCode::bad_data, "holds strings");
  CHECK_FALSE(std::filesystem::exists(path + ".part"));
}

TEST_CASE("data sets are copied row for row, of any shape and type") {
  const auto world = mpi::Communicator::world();
  const test::SharedFolder folder(world);
  constexpr std::uint64_t rows = 101;
  std::vector<std::int64_t> ids(2 * rows);
  std::iota(ids.begin(), ids.end(), std::int64_t{1} << 60);
  if (world.rank() == 0) {
    hdf5::File::create(folder.file("in.h5"))
        .create_dataset("event/id", ElementType::i64, {rows, 2}, {.chunk_rows = 7, .gzip = 1})
        .write(0, std::span<const std::int64_t>(ids));
  }
  world.barrier();
  const auto rank = static_cast<std::uint64_t>(world.rank());
  const auto ranks = static_cast<std::uint64_t>(world.size());
  const std::uint64_t begin = rank * rows / ranks;
  const std::uint64_t end = (rank + 1) * rows / ranks;
  const std::vector<float> outputs(end - begin);
  PredictionFile predictions(folder.file("out.h5"), world,
                             {.rows = rows, .outputs = {{.width = 1}}});
  predictions.write(0, begin, ConstMatrix(outputs.data(), 1, end - begin));
  predictions.copy(hdf5::File::open(folder.file("in.h5")).dataset("event/id"), begin, end);
  predictions.finish();

  const hdf5::NumberDataset copy = hdf5::File::open(folder.file("out.h5")).dataset("event/id");
  CHECK(copy.type() == ElementType::i64);
  CHECK(copy.extents() == std::vector<std::uint64_t>{rows, 2});
  std::vector<std::int64_t> found(2 * rows);
  copy.read(0, std::span(found));
  CHECK(found == ids);
}

TEST_CASE("an output that cannot be created is the same error on every rank") {
  const auto world = mpi::Communicator::world();
  const test::SharedFolder folder(world);
  CHECK_FAILS(
      PredictionFile(folder.file("none/out.h5"), world, {.rows = 0, .outputs = {{.width = 1}}}),
      ExitCode::cannot_create, "No such file");
}

TEST_CASE("a file opened by all ranks is read collectively, by some of them nothing") {
  const auto world = mpi::Communicator::world();
  const test::SharedFolder folder(world);
  const std::string path = folder.file("numbers.h5");
  if (world.rank() == 0) {
    const std::vector<std::int32_t> numbers{0, 1, 2, 3, 4, 5};
    hdf5::File::create(path)
        .create_dataset("numbers", ElementType::i32, {6})
        .write(0, std::span<const std::int32_t>(numbers));
  }
  world.barrier();
  const hdf5::File file = hdf5::File::open(path, world);
  const hdf5::NumberDataset dataset = file.dataset("numbers");
  std::vector<double> mine(world.rank() == 0 ? 0 : 2);
  dataset.read(world.rank() == 0 ? 0 : 2, std::span(mine));
  if (world.rank() > 0) CHECK(mine == std::vector<double>{2, 3});
  CHECK_FAILS(hdf5::File::open(folder.file("none.h5"), world), ExitCode::no_input, "No such file");
}

}  // namespace tusk::inference
