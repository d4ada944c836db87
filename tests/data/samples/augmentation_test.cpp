// SPDX-License-Identifier: Apache-2.0
// What training does to its samples, batch by batch: by (seed, row, epoch) alone, and mixup.
#include "data/samples/augmentation.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <cstdint>
#include <map>
#include <memory>
#include <numeric>
#include <set>
#include <string>
#include <vector>

#include "allocation_counter.hpp"
#include "data/datasets/split.hpp"
#include "data/samples/batches.hpp"
#include "data/samples/load_samples.hpp"
#include "samples.hpp"
#include "temporary_folder.hpp"

namespace tusk::samples {
namespace {

using Pixels = std::vector<Real>;
constexpr std::uint64_t image_rows = 203;
const LabelFormat image_format{
    .kind = LabelFormat::Kind::classes, .width = 3, .class_weights = {1.0, 2.0, 4.0}};

std::shared_ptr<const Augmentation> make(std::vector<AugmentOptions> steps, Shape shape,
                                         std::uint64_t seed = 5) {
  return std::make_shared<const Augmentation>(
      AugmentLists(std::move(steps)),
      std::vector<Augmentation::Input>{{.name = "input", .shape = std::move(shape)}}, seed);
}

// Images of 2 × 3 bytes, each of its own; class row mod 3.
datasets::Dataset write_images(const std::string& path) {
  std::vector<std::uint8_t> features(image_rows * 6);
  std::vector<std::uint8_t> labels(image_rows);
  for (std::size_t i = 0; i < features.size(); ++i) {
    features[i] = static_cast<std::uint8_t>((i * 7 + i / 6) % 251);
  }
  for (std::size_t i = 0; i < labels.size(); ++i) labels[i] = static_cast<std::uint8_t>(i % 3);
  return test_samples::open(test_samples::write(path, 6, features, labels, {image_rows}));
}

transforms::Transforms as_images() {
  return transforms::Transforms::from_json(
      R"([{"type": "scale", "factor": 0.5, "offset": 0}, {"type": "reshape", "shape": [2, 3, 1]}])",
      "model.h5", {});
}

const std::vector<AugmentOptions> every_move{
    RandomFlip{}, RandomCrop{.padding = 1},
    RandomTranslation{.height_factor = 0.5, .width_factor = 0.4}, GaussianNoise{.stddev = 0.1}};

// The images of an epoch, by their classes.
std::map<std::uint64_t, std::multiset<Pixels>> images_by_class(Batches& batches,
                                                               std::uint64_t epoch) {
  std::map<std::uint64_t, std::multiset<Pixels>> images;
  batches.start_epoch(epoch);
  while (const auto batch = batches.next()) {
    for (std::size_t i = 0; i < batch->samples; ++i) {
      const auto column = batch->features.col(i);
      images[static_cast<std::uint64_t>(batch->targets.classes[i])].emplace(column.begin(),
                                                                            column.end());
    }
  }
  return images;
}

}  // namespace

TEST_CASE("a row becomes the same for any number of workers, batch size and limit of memory") {
  const test::TemporaryFolder folder;
  const datasets::Dataset dataset = write_images(folder.file("a.h5"));
  const datasets::Split split(image_rows, 0.1, 4);  // rows with gaps
  const auto images = [&](std::size_t workers, std::size_t batch_size, std::uint64_t limit,
                          std::size_t repeat, std::uint64_t epoch, std::uint64_t seed = 5) {
    std::map<std::uint64_t, std::multiset<Pixels>> all;
    for (std::size_t worker = 0; worker < workers; ++worker) {
      const auto samples = load_samples(dataset, split.shard_rows(worker, workers, "a.h5"),
                                        &image_format, as_images(), limit);
      Batches batches(*samples, {.batch_size = batch_size,
                                 .worker = static_cast<std::uint32_t>(worker),
                                 .repeat = repeat,
                                 .augmentation = make(every_move, {2, 3, 1}, seed)});
      for (auto& [label, its] : images_by_class(batches, epoch)) all[label].merge(its);
    }
    return all;
  };
  constexpr std::uint64_t plenty = 1U << 30U;
  const auto first = images(1, 7, plenty, 1, 1);
  for (const std::uint64_t limit : {plenty, std::uint64_t{2000}}) {
    for (const std::size_t workers : {1U, 2U, 4U}) {
      CHECK(images(workers, 16, limit, 1, 1) == first);
    }
  }
  const auto second = images(2, 7, plenty, 1, 2);
  CHECK(second != first);
  CHECK(images(1, 7, plenty, 1, 1, 6) != first);
  auto both = first;  // the passes of a repeated epoch are epochs of their own
  for (auto [label, its] : second) both[label].merge(its);
  CHECK(images(2, 11, plenty, 2, 1) == both);
}

TEST_CASE("an epoch goes on in its middle with the same images") {
  const test::TemporaryFolder folder;
  const datasets::Dataset dataset = write_images(folder.file("a.h5"));
  std::vector<AugmentOptions> steps = every_move;
  steps.emplace_back(Mixup{.alpha = 1.0});
  const auto samples =
      load_samples(dataset, datasets::Rows::all(image_rows), &image_format, as_images(), 1U << 30U);
  const BatchOptions options{.batch_size = 8, .repeat = 2, .augmentation = make(steps, {2, 3, 1})};
  Batches whole(*samples, options);
  Batches later(*samples, options);
  whole.start_epoch(3);
  for (int i = 0; i < 30; ++i) REQUIRE(whole.next());
  const auto kept = State::written([&](State& state) { whole.keep(state); });
  State state(kept, "kept");
  later.keep(state);
  while (const auto batch = whole.next()) {
    const auto again = later.next();
    REQUIRE(again);
    CHECK(std::ranges::equal(batch->features.flat(), again->features.flat()));
    CHECK(std::ranges::equal(batch->targets.values.flat(), again->targets.values.flat()));
    CHECK(std::ranges::equal(batch->targets.weights, again->targets.weights));
  }
  CHECK_FALSE(later.next());
}

TEST_CASE("mixup mixes inputs, labels and weights of neighbours by one share; classes turn soft") {
  const test::TemporaryFolder folder;
  const datasets::Dataset dataset = write_images(folder.file("a.h5"));
  const auto samples =
      load_samples(dataset, datasets::Rows::all(image_rows), &image_format, as_images(), 1U << 30U);
  const BatchOptions plain_options{.batch_size = 10, .seed = 2};
  BatchOptions options = plain_options;
  options.augmentation = make({Mixup{.alpha = 2.0}}, {2, 3, 1});
  Batches plain(*samples, plain_options);
  Batches mixed(*samples, options);
  plain.start_epoch(1);
  mixed.start_epoch(1);
  std::set<Real> shares;
  while (const auto before = plain.next()) {
    const auto after = mixed.next();
    REQUIRE(after);
    const std::size_t n = after->samples;
    REQUIRE_FALSE(after->targets.are_classes());
    REQUIRE(after->targets.values.rows() == 3);
    for (std::size_t i = 0; i < n; ++i) {
      const std::size_t next = (i + 1) % n;
      const auto label = static_cast<std::size_t>(before->targets.classes[i]);
      const auto other = static_cast<std::size_t>(before->targets.classes[next]);
      const auto t = after->targets.values.col(i);
      CHECK(std::accumulate(t.begin(), t.end(), 0.0) == doctest::Approx(1.0));
      const Real share = label == other ? Real{0.5} : t[label];
      if (label != other) {
        shares.insert(share);
        CHECK(t[other] == doctest::Approx(1.0 - share));
        for (std::size_t k = 0; k < 6; ++k) {
          CHECK(after->features(k, i) == doctest::Approx(share * before->features(k, i) +
                                                         (1 - share) * before->features(k, next)));
        }
        CHECK(after->targets.weights[i] ==
              doctest::Approx(share * before->targets.weights[i] +
                              (1 - share) * before->targets.weights[next]));
      }
    }
  }
  CHECK(shares.size() > 100);
}

TEST_CASE("augmented batches allocate nothing") {
  const test::TemporaryFolder folder;
  const datasets::Dataset dataset = write_images(folder.file("a.h5"));
  std::vector<AugmentOptions> steps = every_move;
  steps.emplace_back(Mixup{});
  const auto samples =
      load_samples(dataset, datasets::Rows::all(image_rows), &image_format, as_images(), 1U << 30U);
  Batches batches(*samples, {.batch_size = 8, .augmentation = make(steps, {2, 3, 1})});
  batches.start_epoch(1);
  REQUIRE(batches.next());
  const std::size_t before = allocations;
  for (std::uint64_t epoch = 1; epoch <= 3; ++epoch) {
    batches.start_epoch(epoch);
    while (batches.next()) {
    }
  }
  CHECK(allocations == before);
}

}  // namespace tusk::samples
