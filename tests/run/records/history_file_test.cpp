// SPDX-License-Identifier: Apache-2.0
#include "run/records/history_file.hpp"

#include <doctest/doctest.h>

#include <cstdint>
#include <filesystem>
#include <vector>

#include "check_fails.hpp"
#include "data/hdf5/attributes.hpp"
#include "data/hdf5/file.hpp"
#include "temporary_folder.hpp"

namespace tusk::records {
namespace {

template <typename T>
std::vector<T> column(const hdf5::File& file, const std::string& name) {
  const hdf5::NumberDataset dataset = file.dataset(name);
  CHECK(dataset.type() == element_type<T>());
  std::vector<T> values(dataset.rows());
  dataset.read(0, std::span(values));
  return values;
}

}  // namespace

TEST_CASE("every step and commit stands in the file, more of them than the buffers hold") {
  const test::TemporaryFolder folder;
  const std::uint64_t steps = 40'000;
  {
    HistoryFile history(folder.file("history.h5"), {"accuracy", "mse"});
    for (std::uint64_t i = 0; i < steps; ++i) {
      const std::vector<float> metrics{0.5F, static_cast<float>(i)};
      history.add(StepRecord{.worker = static_cast<std::uint32_t>(i % 3),
                             .epoch = 1,
                             .step = i,
                             .time_s = 0.25 * static_cast<double>(i),
                             .samples = 64,
                             .loss = 2.0F,
                             .partition = 17,
                             .learning_rate = 0.1},
                  metrics);
      if (i == 10) history.flush();
    }
    history.add(CommitRecord{
        .ticket = 7, .worker = 2, .steps = 5, .staleness = 3, .samples = 320, .divisor = 4});
    history.add(ShardRecord{.worker = 2, .shard = 1, .commit = 7, .ticket = 8, .staleness = 5});
    history.add(PullRecord{.worker = 2, .shard = 1, .steps = 40, .version = 6, .time_s = 1.5});
    history.close();
  }
  const hdf5::File file = hdf5::File::open(folder.file("history.h5"));
  const auto step = column<std::uint64_t>(file, "steps/step");
  REQUIRE(step.size() == steps);
  CHECK(step[12] == 12);
  CHECK(step.back() == steps - 1);
  CHECK(column<std::uint32_t>(file, "steps/worker")[5] == 2);
  CHECK(column<double>(file, "steps/time_s")[4] == 1.0);
  CHECK(column<float>(file, "steps/mse").back() == static_cast<float>(steps - 1));
  CHECK(column<float>(file, "steps/accuracy").size() == steps);
  CHECK(column<std::uint64_t>(file, "commits/ticket") == std::vector<std::uint64_t>{7});
  CHECK(column<std::uint32_t>(file, "commits/worker") == std::vector<std::uint32_t>{2});
  CHECK(column<std::uint32_t>(file, "commits/steps") == std::vector<std::uint32_t>{5});
  CHECK(column<std::uint64_t>(file, "commits/staleness") == std::vector<std::uint64_t>{3});
  CHECK(column<std::uint64_t>(file, "commits/samples") == std::vector<std::uint64_t>{320});
  CHECK(column<std::uint64_t>(file, "commits/divisor") == std::vector<std::uint64_t>{4});
  CHECK(column<std::uint32_t>(file, "steps/partition").back() == 17);
  CHECK(column<double>(file, "steps/learning_rate").back() == 0.1);
  CHECK(column<std::uint32_t>(file, "shards/shard") == std::vector<std::uint32_t>{1});
  CHECK(column<std::uint64_t>(file, "shards/commit") == std::vector<std::uint64_t>{7});
  CHECK(column<std::uint64_t>(file, "shards/ticket") == std::vector<std::uint64_t>{8});
  CHECK(column<std::uint64_t>(file, "shards/staleness") == std::vector<std::uint64_t>{5});
  CHECK(column<std::uint64_t>(file, "pulls/steps") == std::vector<std::uint64_t>{40});
  CHECK(column<std::uint64_t>(file, "pulls/version") == std::vector<std::uint64_t>{6});
  CHECK(column<double>(file, "pulls/time_s") == std::vector<double>{1.5});
}

TEST_CASE("what was flushed can be read while the history goes on") {
  const test::TemporaryFolder folder;
  HistoryFile history(folder.file("history.h5"), {});
  history.add(StepRecord{.worker = 1}, {});
  history.flush();
  history.add(StepRecord{.worker = 2}, {});
  const std::string seen = folder.file("as-another-process-sees-it.h5");
  std::filesystem::copy_file(folder.file("history.h5"), seen);
  CHECK(column<std::uint32_t>(hdf5::File::open(seen), "steps/worker").size() == 1);
}

TEST_CASE("a thinned history has every so many records of each kind, and says so") {
  const test::TemporaryFolder folder;
  for (const std::uint64_t every : {std::uint64_t{0}, std::uint64_t{100}}) {
    HistoryFile history(folder.file("history.h5"), {}, {.every = every});
    for (std::uint64_t i = 0; i < 1000; ++i) {
      history.add(StepRecord{.worker = static_cast<std::uint32_t>(i % 2), .step = i / 2 + 1}, {});
      history.add(CommitRecord{.ticket = i});
      history.add(ShardRecord{.shard = 1, .commit = i});
      history.add(PullRecord{.version = i});
    }
    history.close();
    const hdf5::File file = hdf5::File::open(folder.file("history.h5"));
    CHECK(hdf5::read_integer(file, "/", "every") == static_cast<std::int64_t>(every));
    const auto step = column<std::uint64_t>(file, "steps/step");
    if (every == 0) {
      CHECK(step.empty());
      CHECK(file.dataset("commits/ticket").rows() == 0);
      continue;
    }
    CHECK(step == std::vector<std::uint64_t>{100, 100, 200, 200, 300, 300, 400, 400, 500, 500});
    CHECK(column<std::uint64_t>(file, "commits/ticket").size() == 10);
    CHECK(column<std::uint64_t>(file, "commits/ticket")[1] == 100);
    CHECK(column<std::uint64_t>(file, "shards/commit")[1] == 100);
    CHECK(column<std::uint64_t>(file, "pulls/version")[1] == 100);
  }
}

TEST_CASE("a tree's history has nodes, sums and merges, and no steps; a node's has its merges") {
  const test::TemporaryFolder folder;
  HistoryFile tree(folder.file("history.h5"), {}, {.layout = HistoryFile::Layout::of_tree});
  tree.add(NodeRecord{.file = 2, .node = 1, .first_worker = 4, .workers = 3, .from_step = 7});
  tree.add(SumRecord{.file = 2, .steps = 5, .loss = 0.1, .weight = 2.5});
  tree.add(MergeRecord{.relay = 1, .exchange = 6, .merged = 9});
  const HistoryRows rows = tree.rows();
  CHECK(rows.nodes == 1);
  CHECK(rows.sums == 1);
  CHECK(rows.merges == 1);
  tree.add(SumRecord{.file = 3});
  tree.flush();
  tree.cut(rows);
  tree.close();
  const hdf5::File file = hdf5::File::open(folder.file("history.h5"));
  CHECK(!file.has_group("steps"));
  CHECK(column<std::uint32_t>(file, "nodes/first_worker") == std::vector<std::uint32_t>{4});
  CHECK(column<std::uint32_t>(file, "sums/file") == std::vector<std::uint32_t>{2});
  CHECK(column<double>(file, "sums/loss") == std::vector<double>{0.1});
  CHECK(column<std::uint64_t>(file, "merges/merged") == std::vector<std::uint64_t>{9});
  CHECK(node_history(7) == "history/node-007.h5");
  HistoryFile node(folder.file("node.h5"), {});
  CHECK(node.rows().merges == 0);
  node.add(MergeRecord{.exchange = 1});
  CHECK(node.rows().merges == 1);
  node.cut(HistoryRows{});  // all of them came later
  node.close();
  CHECK(column<std::uint64_t>(hdf5::File::open(folder.file("node.h5")), "merges/taken").empty());
}

TEST_CASE("a history that cannot be created is an error") {
  const test::TemporaryFolder folder;
  CHECK_FAILS(HistoryFile(folder.file("none/history.h5"), {}), ExitCode::cannot_create,
              "No such file");
}

}  // namespace tusk::records
