// SPDX-License-Identifier: Apache-2.0
#include "data/samples/shard.hpp"

#include <doctest/doctest.h>

#include <cstdint>
#include <limits>
#include <string>
#include <vector>

#include "check_fails.hpp"
#include "core/node_memory.hpp"
#include "data/datasets/split.hpp"
#include "data/samples/memory_limit.hpp"
#include "data/samples/shard_balance.hpp"
#include "data/samples/shared_rows.hpp"
#include "data/samples/streamed_shard.hpp"
#include "mpi/collectively.hpp"
#include "mpi/communicator.hpp"
#include "samples.hpp"
#include "shared_folder.hpp"

namespace tusk::samples {
namespace {

const LabelFormat three_classes{.kind = LabelFormat::Kind::classes, .width = 3};

std::vector<float> samples_of(const Shard& shard) {
  const std::size_t width = shard.sample_shape().elements();
  std::vector<float> all(width * shard.size());
  for (std::size_t i = 0; i < shard.size(); ++i) {
    shard.copy_sample(i, std::span(all).subspan(width * i, width));
  }
  return all;
}

// This rank's samples, read in either way.
Shard read(const mpi::Communicator& world, const std::string& path, bool through_mpi_io,
           const datasets::Rows& rows) {
  Shard shard;
  mpi::collectively(world, [&] {
    const datasets::Dataset dataset = test_samples::open(path, through_mpi_io ? &world : nullptr);
    shard = Shard::read(dataset, rows, &three_classes, {});
  });
  return shard;
}

}  // namespace

TEST_CASE("both ways of reading give every rank what a serial read gives") {
  const auto world = mpi::Communicator::world();
  const test::SharedFolder folder(world);
  const std::uint64_t rows = 100'000;  // several transfers, not as many on every rank
  const std::string path = folder.file("data.h5");
  const datasets::Split split(rows, 0.2, 5);
  const auto ranks = static_cast<std::size_t>(world.size());
  const auto rank = static_cast<std::size_t>(world.rank());
  for (const hdf5::Storage& storage : {hdf5::Storage{}, {.chunk_rows = 5000, .gzip = 1}}) {
    if (rank == 0) test_samples::write_counting(path, rows, storage, 64);
    world.barrier();
    // Rank 0 reads nothing, as a server does, unless it is alone.
    datasets::Rows mine;
    if (ranks == 1) mine = split.shard_rows(0, 1, path);
    if (rank > 0) mine = split.shard_rows(rank - 1, ranks - 1, path);
    const Shard serial = Shard::read(test_samples::open(path), mine, &three_classes, {});
    const Shard independent = read(world, path, false, mine);
    const Shard collective = read(world, path, true, mine);
    CHECK(serial.size() == mine.size());
    CHECK(samples_of(independent) == samples_of(serial));
    CHECK(samples_of(collective) == samples_of(serial));
    CHECK(std::ranges::equal(collective.classes(), serial.classes()));
    world.barrier();
  }
}

TEST_CASE("every rank has the same limit, and together they leave half of the memory") {
  const auto world = mpi::Communicator::world();
  const std::uint64_t limit = memory_limit({}, world);
  CHECK(limit > 0);
  CHECK(limit <= node_memory_bytes() / 2 / static_cast<std::uint64_t>(world.size()));
  CHECK(world.min(limit) == world.max(limit));
  CHECK(memory_limit({.memory_limit = ByteCount{12345}}, world) == 12345);
}

TEST_CASE("one rank's bad number is every rank's error, and nobody hangs") {
  const auto world = mpi::Communicator::world();
  const test::SharedFolder folder(world);
  const std::uint64_t rows = 8;
  const auto ranks = static_cast<std::size_t>(world.size());
  const auto rank = static_cast<std::size_t>(world.rank());
  if (rank == 0) {
    std::vector<float> features(2 * rows, 1.0F);
    features[2 * rows - 1] = std::numeric_limits<float>::quiet_NaN();  // the last rank's
    test_samples::write(folder.file("nan.h5"), 2, features, std::vector<std::int32_t>(rows),
                        {rows});
    features.back() = 1.0F;
    std::vector<std::int32_t> labels(rows, 0);
    labels[0] = 3;  // rank 0's
    test_samples::write(folder.file("label.h5"), 2, features, labels, {rows});
  }
  world.barrier();
  const auto mine = datasets::Split(rows).shard_rows(rank, ranks, "");
  for (const bool through_mpi_io : {false, true}) {
    CHECK_FAILS(read(world, folder.file("nan.h5"), through_mpi_io, mine), ExitCode::bad_data,
                "nan in row 7, column 1");
    CHECK_FAILS(read(world, folder.file("label.h5"), through_mpi_io, mine), ExitCode::bad_data,
                "'label' has 3 in row 0");
    CHECK_FAILS(read(world, folder.file("none.h5"), through_mpi_io, mine), ExitCode::no_input,
                "none.h5");
  }
}

TEST_CASE("shards of sorted rows are noticed, shards of mixed rows are not") {
  const auto world = mpi::Communicator::world();
  const test::SharedFolder folder(world);
  const std::uint64_t rows = 3000;
  const auto ranks = static_cast<std::size_t>(world.size());
  const auto rank = static_cast<std::size_t>(world.rank());
  if (rank == 0) {
    test_samples::write_counting(folder.file("mixed.h5"), rows);
    std::vector<std::int32_t> labels;
    for (std::uint64_t i = 0; i < rows; ++i) labels.push_back(static_cast<int>(3 * i / rows));
    test_samples::write(folder.file("sorted.h5"), 2, std::vector<float>(2 * rows), labels, {rows});
  }
  world.barrier();
  const auto mine = datasets::Split(rows).shard_rows(rank, ranks, "");
  CHECK(warn_of_uneven_shards(read(world, folder.file("mixed.h5"), false, mine), world) == 0.0);
  const Shard sorted = read(world, folder.file("sorted.h5"), false, mine);
  const double found = warn_of_uneven_shards(sorted, world);
  if (ranks == 1) CHECK(found == 0.0);
  if (ranks > 1) CHECK(found > 0.2);
  CHECK(warn_of_uneven_shards(Shard(), world) == 0.0);
  CHECK(warn_of_uneven_shards(rank == 0 ? sorted : Shard(), world) == 0.0);  // only one takes part
}

TEST_CASE("validation rows that are trained on are noticed, on whichever rank they are") {
  const auto world = mpi::Communicator::world();
  const test::SharedFolder folder(world);
  constexpr std::uint64_t rows = 3000;
  const auto ranks = static_cast<std::size_t>(world.size());
  const auto rank = static_cast<std::size_t>(world.rank());
  if (rank == 0) {
    test_samples::write_counting(folder.file("data.h5"), rows);
    const std::vector<float> alike(2 * rows, 1.0F);
    test_samples::write(folder.file("alike.h5"), 2, alike, std::vector<std::int32_t>(rows), {rows});
  }
  world.barrier();
  const datasets::Dataset data = test_samples::open(folder.file("data.h5"));
  const auto all = datasets::Rows::all(rows);
  const auto shard_of = [&](std::uint64_t begin, std::uint64_t end) {
    const datasets::Block mine = datasets::block_of(end - begin, rank, ranks);
    return Shard::read(data, all.part({begin + mine.begin, begin + mine.end}), &three_classes, {});
  };
  const auto share = [&](const Shard& shard, const Shard& validation) {
    return warn_of_shared_rows(shard, rank == 0 ? &validation : nullptr, "validation", world);
  };
  const Shard last = Shard::read(data, all.part({2000, rows}), &three_classes, {});
  CHECK(share(shard_of(0, rows), last) == 1.0);
  CHECK(share(shard_of(0, 2000), last) == 0.0);
  CHECK(share(shard_of(0, 2050), last) == 0.0);  // a twentieth
  const double half = share(shard_of(0, 2500), last);
  CHECK(half > 0.45);
  CHECK(half < 0.55);
  CHECK(share(rank + 1 == ranks ? shard_of(0, rows) : Shard(), last) > 0.1);
  CHECK(warn_of_shared_rows(shard_of(0, rows), nullptr, "validation", world) == 0.0);
  const datasets::Dataset alike = test_samples::open(folder.file("alike.h5"));
  const Shard same = Shard::read(alike, all, &three_classes, {});
  CHECK(share(same, same) == 0.0);  // there is but one row
  const StreamedShard streamed(data, all, &three_classes, {}, 20'000);
  CHECK(warn_of_shared_rows(streamed, rank == 0 ? &last : nullptr, "test", world) == 1.0);
}

}  // namespace tusk::samples
