// SPDX-License-Identifier: Apache-2.0
// tusk_bench_augment [options]: what each entry of data.augment takes of a core's time a sample,
// beside the assembly of batches without; and with --pictures a sheet of what becomes of images.
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <fstream>
#include <memory>
#include <string>
#include <vector>

#include "data/datasets/dataset.hpp"
#include "data/samples/batches.hpp"
#include "data/samples/shard.hpp"
#include "mpi/communicator.hpp"
#include "mpi_program.hpp"
#include "timing.hpp"
#include "tusk/options/user_object.hpp"

namespace {

using namespace tusk;

struct Arguments {
  std::string data;
  std::string pictures;
  std::vector<std::size_t> shape{28, 28, 1};
  std::size_t rows = 2048;
};

const std::vector<AugmentOptions> all_kinds{
    RandomFlip{},
    RandomTranslation{.height_factor = 0.2, .width_factor = 0.2},
    RandomCrop{.padding = 4},
    RandomQuarterTurn{},
    GaussianNoise{.stddev = 0.1},
    Mixup{.alpha = 1.0}};

samples::Shard read_images(const Arguments& arguments) {
  const auto dataset = datasets::Dataset::open(arguments.data, {"features", "label"});
  std::string shape;
  for (const std::size_t extent : arguments.shape) {
    shape += fmt::format("{}{}", shape.empty() ? "" : ", ", extent);
  }
  const auto transforms = transforms::Transforms::from_json(
      fmt::format(R"([{{"type": "scale", "factor": 0.00392156862745098, "offset": 0}},)"
                  R"({{"type": "reshape", "shape": [{}]}}])",
                  shape),
      "shape", {});
  const samples::LabelFormat classes{.kind = samples::LabelFormat::Kind::classes, .width = 10};
  return samples::Shard::read(
      dataset, datasets::Rows::all(dataset.rows()).part({0, arguments.rows}), &classes, transforms);
}

samples::Batches batches_of(const samples::Shard& shard, const Arguments& arguments,
                            const std::vector<AugmentOptions>& kinds, bool shuffle) {
  samples::BatchOptions options{.batch_size = 32, .shuffle = shuffle};
  if (!kinds.empty()) {
    options.augmentation = std::make_shared<const samples::Augmentation>(
        AugmentLists(kinds),
        std::vector<samples::Augmentation::Input>{{"input", Shape(arguments.shape)}}, 1);
  }
  return {shard, options};
}

double sample_us(const samples::Shard& shard, const Arguments& arguments,
                 const std::vector<AugmentOptions>& kinds) {
  samples::Batches batches = batches_of(shard, arguments, kinds, true);
  std::uint64_t epoch = 0;
  const double epoch_s = bench::fastest_s(0.5, [&] {
    batches.start_epoch(++epoch);
    while (batches.next()) {
    }
  });
  return 1e6 * epoch_s / static_cast<double>(shard.size());
}

// The first images: a row of them as they are, then a row for each kind, in the first epoch.
void draw(const samples::Shard& shard, const Arguments& arguments) {
  constexpr std::size_t columns = 16;
  const std::size_t height = arguments.shape[0];
  const std::size_t width = arguments.shape[1];
  const std::size_t channels = arguments.shape.size() > 2 ? arguments.shape[2] : 1;
  std::ofstream sheet(arguments.pictures, std::ios::binary);
  sheet << fmt::format("P{}\n{} {}\n255\n", channels == 3 ? 6 : 5, columns * width,
                       (all_kinds.size() + 1) * height);
  for (std::size_t row = 0; row <= all_kinds.size(); ++row) {
    std::vector<AugmentOptions> kinds;
    if (row > 0) kinds.push_back(all_kinds[row - 1]);
    samples::Batches batches = batches_of(shard, arguments, kinds, false);
    batches.start_epoch(1);
    const auto batch = batches.next();
    for (std::size_t y = 0; y < height; ++y) {
      for (std::size_t column = 0; column < columns; ++column) {
        for (const Real x :
             batch->features.col(column).subspan(y * width * channels, width * channels)) {
          sheet.put(static_cast<char>(
              static_cast<unsigned char>(std::clamp(255.0 * static_cast<double>(x), 0.0, 255.0))));
        }
      }
    }
  }
}

void measure(const mpi::Communicator& world, const Arguments& arguments) {
  if (world.rank() != 0) return;
  const samples::Shard shard = read_images(arguments);
  if (!arguments.pictures.empty()) draw(shard, arguments);
  const double plain = sample_us(shard, arguments, {});
  fmt::print("| | us a sample |\n|---|---|\n| batches without | {:.2f} |\n", plain);
  for (const AugmentOptions& kind : all_kinds) {
    fmt::print("| {} | +{:.2f} |\n", options::selected_name(kind),
               sample_us(shard, arguments, {kind}) - plain);
  }
}

}  // namespace

int main(int argc, char** argv) {
  Arguments arguments;
  CLI::App app("What each augmentation takes of a core's time");
  app.add_option("DATA", arguments.data, "An HDF5 file of images of bytes and their classes")
      ->required();
  app.add_option("--shape", arguments.shape, "Of an image");
  app.add_option("--rows", arguments.rows, "So many of them");
  app.add_option("--pictures", arguments.pictures, "A sheet of images to write, as PGM or PPM");
  return bench::run_program(argc, argv, app,
                            [&](const mpi::Communicator& world) { measure(world, arguments); });
}
