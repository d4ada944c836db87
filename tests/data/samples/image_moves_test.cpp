// SPDX-License-Identifier: Apache-2.0
// What becomes of an image: pixels that move, noise, shares of mixup, and what is refused.
#include "data/samples/image_moves.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <vector>

#include "check_fails.hpp"
#include "data/samples/augmentation.hpp"
#include "data/samples/beta.hpp"

namespace tusk::samples {
namespace {

using Pixels = std::vector<Real>;

// An image after one change of its sources.
Pixels moved(Pixels image, const ImageSize& size, auto change, Real fill = 9) {
  std::vector<std::int32_t> rows(size.height);
  std::vector<std::int32_t> columns(size.width);
  Pixels before(image.size());
  PixelSources sources{.rows = rows, .columns = columns};
  sources.stay();
  change(sources);
  move(image, size, sources, fill, before);
  return image;
}

// What becomes of an image, of so many rows.
std::vector<Pixels> images_of(const std::vector<AugmentOptions>& steps, const Shape& shape,
                              const Pixels& image, std::size_t rows) {
  const Augmentation augmentation(AugmentLists(steps), {{.name = "input", .shape = shape}}, 5);
  auto room = augmentation.room(1, 0);
  std::vector<Pixels> images;
  for (std::size_t row = 0; row < rows; ++row) {
    Pixels pixels = image;
    const Matrix input(pixels.data(), pixels.size(), 1);
    const Origin origin{.row = row, .epoch = 1};
    augmentation.apply(std::span(&input, 1), std::span(&origin, 1), room);
    images.push_back(pixels);
  }
  return images;
}

}  // namespace

TEST_CASE("pixels move as they are told: mirrored, turned as numpy.rot90, shifted as Keras fills") {
  const ImageSize two_by_three{.height = 2, .width = 3, .channels = 1};
  const Pixels image{1, 2, 3, 4, 5, 6};
  CHECK(moved(image, two_by_three, [](PixelSources& s) { mirror(s.columns); }) ==
        Pixels{3, 2, 1, 6, 5, 4});
  CHECK(moved(image, two_by_three, [](PixelSources& s) { mirror(s.rows); }) ==
        Pixels{4, 5, 6, 1, 2, 3});
  const auto right = [&](std::int64_t by, FillMode mode) {
    return moved(image, two_by_three, [&](PixelSources& s) { shift(s.columns, by, mode); });
  };
  CHECK(right(1, FillMode::constant) == Pixels{9, 1, 2, 9, 4, 5});
  CHECK(right(-2, FillMode::constant) == Pixels{3, 9, 9, 6, 9, 9});
  CHECK(right(2, FillMode::nearest) == Pixels{1, 1, 1, 4, 4, 4});
  CHECK(right(2, FillMode::reflect) == Pixels{2, 1, 1, 5, 4, 4});
  CHECK(right(-3, FillMode::reflect) == Pixels{3, 2, 1, 6, 5, 4});
  CHECK(right(2, FillMode::wrap) == Pixels{2, 3, 1, 5, 6, 4});
  CHECK(right(-1, FillMode::wrap) == Pixels{2, 3, 1, 5, 6, 4});
  CHECK(moved(image, two_by_three, [](PixelSources& s) { shift(s.rows, 1, FillMode::constant); }) ==
        Pixels{9, 9, 9, 1, 2, 3});

  const ImageSize square{.height = 2, .width = 2, .channels = 2};
  const Pixels colours{1, -1, 2, -2, 3, -3, 4, -4};
  const auto turned = [&](std::uint64_t quarters) {
    return moved(colours, square, [&](PixelSources& s) { turn(s, quarters); });
  };
  CHECK(turned(0) == colours);
  CHECK(turned(1) == Pixels{2, -2, 4, -4, 1, -1, 3, -3});
  CHECK(turned(2) == Pixels{4, -4, 3, -3, 2, -2, 1, -1});
  CHECK(turned(3) == Pixels{3, -3, 1, -1, 4, -4, 2, -2});
}

TEST_CASE("each change is drawn as often as any other") {
  const Pixels image{1, 2, 3, 4};
  const auto counts = [&](const AugmentOptions& step) {
    std::map<Pixels, int> times;
    for (const Pixels& each : images_of({step}, {2, 2, 1}, image, 4000)) ++times[each];
    return times;
  };
  const auto all_near = [](const std::map<Pixels, int>& times, double expected) {
    return std::ranges::all_of(times, [&](const auto& each) {
      return std::abs(each.second - expected) < 5.0 * std::sqrt(expected);
    });
  };
  const auto flips = counts(RandomFlip{});
  CHECK(flips.size() == 4);
  CHECK(all_near(flips, 1000));
  CHECK(counts(RandomFlip{.mode = FlipMode::horizontal}).size() == 2);
  CHECK(counts(RandomFlip{.mode = FlipMode::vertical}).count({3, 4, 1, 2}) == 1);
  const auto turns = counts(RandomQuarterTurn{});
  CHECK(turns.size() == 4);
  CHECK(all_near(turns, 1000));
  const auto crops = counts(RandomCrop{.padding = 1, .fill_value = 7.0});
  CHECK(crops.size() == 9);
  CHECK(all_near(crops, 4000.0 / 9));
  CHECK(crops.count({7, 7, 7, 1}) == 1);
  CHECK(crops.count({4, 7, 7, 7}) == 1);
  const auto shifts = counts(RandomTranslation{.width_factor = 0.5, .fill_mode = FillMode::wrap});
  CHECK(shifts.size() == 2);  // to the left and to the right are the same two columns
}

TEST_CASE("noise and shares of mixup are distributed as they should be") {
  double sum = 0.0;
  double squares = 0.0;
  for (const Pixels& each : images_of({GaussianNoise{.stddev = 0.5}}, {4}, {1, 1, 1, 1}, 5000)) {
    for (const Real x : each) {
      sum += x - 1.0;
      squares += (x - 1.0) * (x - 1.0);
    }
  }
  CHECK(std::abs(sum / 20000) < 5 * 0.5 / std::sqrt(20000.0));
  CHECK(squares / 20000 == doctest::Approx(0.25).epsilon(0.05));

  for (const double alpha : {0.001, 0.2, 1.0, 4.0}) {
    CAPTURE(alpha);
    Random random(3, Stream::augmentation);
    double mean = 0.0;
    double variance = 0.0;
    for (int i = 0; i < 20000; ++i) {
      const double share = symmetric_beta(alpha, random);
      CHECK_UNARY(share >= 0.0 && share <= 1.0);
      mean += share / 20000;
      variance += (share - 0.5) * (share - 0.5) / 20000;
    }
    CHECK(mean == doctest::Approx(0.5).epsilon(0.02));
    CHECK(variance == doctest::Approx(0.25 / (2 * alpha + 1)).epsilon(0.05));
  }
}

TEST_CASE("what does not fit the model's inputs is refused, with its key") {
  const auto refuses = [](const AugmentLists& lists, const std::vector<Augmentation::Input>& inputs,
                          const std::string& text) {
    CHECK_FAILS(Augmentation(lists, inputs, 1), ExitCode::bad_experiment, text);
  };
  const Augmentation::Input image{.name = "image", .shape = {28, 32, 1}};
  const Augmentation::Input flat{.name = "flat", .shape = {784}};
  const Augmentation::Input words{.name = "words", .shape = {20}, .indices = true};
  const auto list = [](std::vector<AugmentOptions> steps) {
    return AugmentLists(std::move(steps));
  };
  refuses(list({RandomFlip{}}), {flat},
          "data.augment.0 (random_flip) takes images (height, width, channels), but samples of "
          "input 'flat' are (784,): data.transforms with { type = \"reshape\", shape = [...] }");
  refuses(list({RandomFlip{}, RandomQuarterTurn{}}), {image},
          "data.augment.1 (random_quarter_turn) takes square images, but those of input 'image' "
          "are (28, 32, 1)");
  refuses(list({RandomCrop{.padding = 28}}), {image}, "padding = 28 would leave nothing");
  refuses(list({GaussianNoise{.stddev = 1.0}}), {words},
          "data.augment.0 (gaussian_noise): input 'words' takes indices");
  refuses(list({Mixup{}, RandomFlip{}}), {image}, "data.augment.0 (mixup) must be the last");
  refuses(list({RandomFlip{}}), {image, flat},
          "data.augment is a list, but the model has 2 inputs: give a list for each that is to be "
          "changed by its name, as in { image = [...] }");
  AugmentLists by_input;
  by_input.by_input = {{"picture", {RandomFlip{}}}};
  refuses(by_input, {image, flat},
          "data.augment.picture: there is no such input; the model has image, flat");
  by_input.by_input = {{"image", {Mixup{}}}, {"flat", {Mixup{}}}};
  refuses(by_input, {image, flat},
          "data.augment.flat.0 (mixup): data.augment.image.0 mixes whole samples already");
  by_input.by_input = {{"image", {Mixup{}}}};
  refuses(by_input, {image, words},
          "data.augment.image.0 (mixup): input 'words' takes indices, which cannot be mixed");
}

}  // namespace tusk::samples
