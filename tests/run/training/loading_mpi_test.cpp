// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "check_fails.hpp"
#include "data/hdf5/file.hpp"
#include "mpi/communicator.hpp"
#include "net/formats/model_file.hpp"
#include "run/training/train.hpp"
#include "synthetic.hpp"

using namespace tusk;
using test::DataFolder;
using test::experiment;
using test::rows;

namespace {

constexpr std::uint64_t training_rows = 903;
constexpr ByteCount streamed{4096};  // the rows take 32 bytes each

struct Result {
  records::Summary summary;
  AlignedVector<float> weights;  // on rank 0
};

Result train(const Experiment& experiment, const DataFolder& folder, const std::string& name,
             const mpi::Communicator& world) {
  Result result{
      training::train(experiment, {.run_directory = folder.file(name), .quiet = true}, world, {}),
      {}};
  if (world.rank() == 0)
    result.weights = formats::load_model(folder.file(name) + "/model.h5", {}).weights;
  return result;
}

// By history.h5.
std::map<std::uint32_t, std::uint64_t> samples_by_epoch(const std::string& directory) {
  const hdf5::File file = hdf5::File::open(directory + "/history.h5");
  const hdf5::NumberDataset epoch = file.dataset("steps/epoch");
  std::vector<std::uint32_t> epochs(epoch.rows());
  std::vector<std::uint32_t> samples(epoch.rows());
  epoch.read(0, std::span(epochs));
  file.dataset("steps/samples").read(0, std::span(samples));
  std::map<std::uint32_t, std::uint64_t> sums;
  for (std::size_t i = 0; i < epochs.size(); ++i) sums[epochs[i]] += samples[i];
  return sums;
}

// Rows [begin, end) of the synthetic data in a file of their own.
void copy_rows(const std::string& from, const std::string& to, std::uint64_t begin,
               std::uint64_t end) {
  const hdf5::File source = hdf5::File::open(from);
  hdf5::File file = hdf5::File::create(to);
  for (const char* name : {"features", "label"}) {
    const hdf5::NumberDataset dataset = source.dataset(name);
    std::vector<std::uint64_t> extents = dataset.extents();
    extents[0] = end - begin;
    std::vector<std::byte> bytes((end - begin) * dataset.row_elements() * 4);
    dataset.read_rows(begin, end, dataset.type(), bytes);
    file.create_dataset(name, dataset.type(), extents, {.chunk_rows = 50, .gzip = 1})
        .write_rows(0, end - begin, dataset.type(), bytes);
  }
}

}  // namespace

TEST_CASE("streamed shards and partitions train every sample once an epoch, and learn as well") {
  const auto world = mpi::Communicator::world();
  const DataFolder folder(world);
  std::vector<Experiment> all;
  for (const StrategyOptions& strategy : std::vector<StrategyOptions>{
           SingleOptions{}, DownpourOptions{.communication_window = 4}, EasgdOptions{}}) {
    all.push_back(experiment(folder, strategy));
  }
  all.push_back(all[1]);
  all.back().trainer.parallelism_factor = 3;
  for (std::size_t i = 0; i < all.size(); ++i) {
    for (const std::size_t repeat : {1, 2}) {
      CAPTURE(i);
      CAPTURE(repeat);
      all[i].data.memory_limit = streamed;
      all[i].data.repeat = repeat;
      all[i].trainer.epochs = 8 / repeat;
      const std::string name = std::to_string(i) + "-" + std::to_string(repeat);
      const Result result = train(all[i], folder, name, world);
      CHECK(result.summary.test->metric(0) > 0.9);
      if (world.rank() != 0) continue;
      CHECK(result.summary.ledger.samples_committed == 8 * training_rows);
      for (const auto& [epoch, samples] : samples_by_epoch(folder.file(name))) {
        CHECK(samples == repeat * training_rows);
      }
      CHECK(result.summary.last_epoch.validation->samples == 100);
    }
  }
}

TEST_CASE("a streamed run is repeated bit for bit, and the run directory says how") {
  const auto world = mpi::Communicator::world();
  const DataFolder folder(world);
  Experiment once = experiment(folder, SyncSgdOptions{});
  once.data.memory_limit = streamed;
  const Result first = train(once, folder, "first", world);
  const Result second = train(once, folder, "second", world);
  CHECK(first.weights == second.weights);
  once.data.memory_limit.reset();
  const Result in_memory = train(once, folder, "memory", world);
  if (world.rank() != 0) return;
  CHECK(first.weights != in_memory.weights);  // another order
  std::ifstream in(folder.file("memory/experiment.toml"));
  const std::string text((std::istreambuf_iterator<char>(in)), {});
  CHECK(text.find("memory_limit = \"") != std::string::npos);  // the default, written out
}

TEST_CASE("repeating rows twice is training twice as many epochs where batches do not straddle") {
  const auto world = mpi::Communicator::world();
  const DataFolder folder(world);
  for (const auto& limit : {std::optional<ByteCount>(), std::optional(streamed)}) {
    Experiment once = experiment(folder, SingleOptions{});
    once.data.memory_limit = limit;
    once.trainer.batch_size = 43;  // of 903 = 21 · 43 rows
    Experiment twice = once;
    twice.data.repeat = 2;
    twice.trainer.epochs = 4;
    const std::string tag = limit ? "streamed" : "memory";
    CHECK(train(once, folder, tag + "-once", world).weights ==
          train(twice, folder, tag + "-twice", world).weights);
  }
}

TEST_CASE("several files train as the one file that they are cut from") {
  const auto world = mpi::Communicator::world();
  const DataFolder folder(world);
  if (world.rank() == 0) {
    copy_rows(folder.file("data.h5"), folder.file("part-a.h5"), 0, 400);
    copy_rows(folder.file("data.h5"), folder.file("part-b.h5"), 400, 401);
    copy_rows(folder.file("data.h5"), folder.file("part-c.h5"), 401, rows);
  }
  world.barrier();
  Experiment whole = experiment(folder, SyncSgdOptions{});
  Experiment parts = whole;
  parts.data.train = folder.file("part-*.h5");
  parts.data.test = FileList(std::vector{folder.file("part-a.h5"), folder.file("part-c.h5")});
  const Result one = train(whole, folder, "one", world);
  const Result several = train(parts, folder, "several", world);
  CHECK(one.weights == several.weights);
  CHECK(several.summary.test->samples == rows - 1);
  parts.data.read = ReadMode::collective;
  CHECK(train(parts, folder, "collective", world).weights == one.weights);
}

TEST_CASE("a limit below two rows is an error of the experiment on every rank") {
  const auto world = mpi::Communicator::world();
  const DataFolder folder(world);
  Experiment tight = experiment(folder, SyncSgdOptions{});
  tight.data.memory_limit = ByteCount{40};
  CHECK_FAILS(train(tight, folder, "run", world), ExitCode::bad_experiment,
              "data.memory_limit = \"40 B\" is too small to stream it");
}

TEST_CASE("data files are opened once: what takes their place during a run is not looked at") {
  const auto world = mpi::Communicator::world();
  const DataFolder folder(world);
  const std::vector<std::string> names{"train.h5", "validation.h5", "test.h5"};
  const auto replace = [&](const auto& write) {
    world.barrier();
    if (world.rank() == 0) {
      for (const std::string& name : names) {
        write(folder.file("new.h5"));
        std::filesystem::rename(folder.file("new.h5"), folder.file(name));
      }
    }
    world.barrier();
  };
  Experiment all = experiment(folder, DownpourOptions{.communication_window = 4});
  all.data.train = folder.file(names[0]);
  all.data.validation = folder.file(names[1]);
  all.data.validation_split = 0.0;
  all.data.test = folder.file(names[2]);
  all.trainer.epochs = 2;
  Experiment streaming = all;
  streaming.data.memory_limit = streamed;
  Experiment claiming = streaming;
  claiming.trainer.parallelism_factor = 2;
  for (const Experiment& one : {all, streaming, claiming}) {
    replace(test::write_data);
    const auto assembly = training::assemble(one, training::find_roles(one, world), world, {});
    // The manifest asks for the new files' size, and nothing opens them.
    replace([](const std::string& path) { std::ofstream(path) << "not HDF5"; });
    const auto summary = training::train_assembly(
        assembly, {.run_directory = folder.file("run"), .overwrite = true, .quiet = true}, world);
    if (world.rank() == 0) {
      CHECK(summary.last_epoch.validation.has_value());
      CHECK(summary.test.value().samples == rows);
    }
  }
}
