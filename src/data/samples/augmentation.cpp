// SPDX-License-Identifier: Apache-2.0
#include "data/samples/augmentation.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <numbers>
#include <utility>
#include <variant>

#include "data/samples/beta.hpp"
#include "data/samples/check_augment.hpp"

namespace tusk::samples {

namespace {

// Adds numbers of N(0, stddev²), two from two words each (G. E. P. Box and M. E. Muller, 1958).
void add_noise(Span numbers, Real stddev, const Random& random) {
  constexpr Real unit = 1.0F / 4294967296.0F;  // 2^-32
  constexpr Real turn = 2.0F * std::numbers::pi_v<Real>;
  std::array<std::uint32_t, 256> words;
  for (std::size_t at = 0; at < numbers.size(); at += words.size()) {
    random.blocks(static_cast<std::uint32_t>(at / 4), words);
    const Span some = numbers.subspan(at, std::min(words.size(), numbers.size() - at));
    for (std::size_t i = 0; i < some.size(); i += 2) {
      const Real u = (static_cast<Real>(words[i]) + 0.5F) * unit;  // above 0
      const Real radius = stddev * std::sqrt(-2.0F * std::log(u));
      const Real angle = turn * unit * static_cast<Real>(words[i + 1]);
      some[i] += radius * std::cos(angle);
      if (i + 1 < some.size()) some[i + 1] += radius * std::sin(angle);
    }
  }
}

}  // namespace

// One sample's numbers of one input, and what the steps need beside them.
struct Augmentation::Work {
  Span sample;
  const Shape& shape;
  Random& random;
  Room& room;

  // Moves pixels as `change` makes the sources do.
  void move_pixels(double fill, auto change) {
    const ImageSize size = image_size(shape);
    PixelSources sources{.rows = std::span(room.rows).first(size.height),
                         .columns = std::span(room.columns).first(size.width)};
    sources.stay();
    change(sources);
    move(sample, size, sources, static_cast<Real>(fill), Span(room.before).first(sample.size()));
  }

  void operator()(const RandomFlip& o) {
    const std::uint32_t coins = random.next_u32();
    const bool across = o.mode != FlipMode::vertical && (coins & 1U) != 0;
    const bool over = o.mode != FlipMode::horizontal && (coins & 2U) != 0;
    if (!across && !over) return;
    move_pixels(0.0, [&](PixelSources& sources) {
      if (across) mirror(sources.columns);
      if (over) mirror(sources.rows);
    });
  }

  void operator()(const RandomTranslation& o) {
    const double down = random.uniform(-o.height_factor, o.height_factor);
    const double right = random.uniform(-o.width_factor, o.width_factor);
    move_pixels(o.fill_value, [&](PixelSources& sources) {
      shift(sources.rows, std::llround(down * static_cast<double>(shape[0])), o.fill_mode);
      shift(sources.columns, std::llround(right * static_cast<double>(shape[1])), o.fill_mode);
    });
  }

  void operator()(const RandomCrop& o) {
    const auto any = [&] {
      return static_cast<std::int64_t>(random.below(2 * o.padding + 1)) -
             static_cast<std::int64_t>(o.padding);
    };
    const std::int64_t down = any();
    const std::int64_t right = any();
    move_pixels(o.fill_value, [&](PixelSources& sources) {
      shift(sources.rows, down, o.fill_mode);
      shift(sources.columns, right, o.fill_mode);
    });
  }

  void operator()(const RandomQuarterTurn& /*o*/) {
    const std::uint64_t quarters = random.below(4);
    if (quarters == 0) return;
    move_pixels(0.0, [&](PixelSources& sources) { turn(sources, quarters); });
  }

  void operator()(const GaussianNoise& o) {
    add_noise(sample, static_cast<Real>(o.stddev), Random(random.next_u64(), Stream::augmentation));
  }

  void operator()(const Mixup& /*o*/) {}  // of whole samples, when their batch is there
};

Augmentation::Augmentation(const AugmentLists& lists, std::vector<Input> inputs, std::uint64_t seed)
    : inputs_(std::move(inputs)), seed_(seed) {
  check_augment(lists, inputs_);
  steps_.resize(inputs_.size());
  if (!lists.empty()) steps_.front() = lists;
  for (std::size_t i = 0; i < inputs_.size(); ++i) {
    for (const EntriesOfInput<AugmentOptions>& each : lists.by_input) {
      if (each.input == inputs_[i].name) steps_[i] = each.steps;
    }
    for (const AugmentOptions& step : steps_[i]) {
      if (const auto* mixup = std::get_if<Mixup>(&step)) mixup_ = *mixup;
    }
  }
}

Augmentation::Room Augmentation::room(std::size_t batch_size, std::size_t label_width) const {
  Room room;
  std::size_t most = label_width;
  std::size_t edge = 0;
  for (const Input& input : inputs_) {
    most = std::max(most, input.shape.elements());
    for (const std::size_t extent : input.shape.extents()) edge = std::max(edge, extent);
  }
  room.before.resize(most);
  room.rows.resize(edge);
  room.columns.resize(edge);
  room.shares.reserve(batch_size);
  return room;
}

// One sequence of random numbers a sample and epoch, which its inputs and steps draw from in turn.
void Augmentation::apply(std::span<const Matrix> inputs, std::span<const Origin> origins,
                         Room& room) const {
  room.shares.clear();
  for (std::size_t sample = 0; sample < origins.size(); ++sample) {
    const std::uint64_t row = origins[sample].row;
    const std::uint64_t epoch = origins[sample].epoch;
    Random random(seed_, Stream::augmentation, static_cast<std::uint32_t>(row),
                  (row >> 32) << 32 | (epoch & 0xFFFFFFFFU));
    for (std::size_t i = 0; i < inputs.size(); ++i) {
      Work work{inputs[i].col(sample), inputs_[i].shape, random, room};
      for (const AugmentOptions& step : steps_[i]) std::visit(work, step);
    }
    if (mixup_) room.shares.push_back(symmetric_beta(mixup_->alpha, random));
  }
}

void Augmentation::mix(Matrix columns, Room& room) {
  const std::size_t count = room.shares.size();
  if (count < 2) return;
  const Span first = Span(room.before).first(columns.rows());
  std::ranges::copy(columns.col(0), first.begin());
  for (std::size_t i = 0; i < count; ++i) {
    const auto share = static_cast<Real>(room.shares[i]);
    const Span mine = columns.col(i);
    const ConstSpan next = i + 1 < count ? ConstSpan(columns.col(i + 1)) : ConstSpan(first);
    for (std::size_t k = 0; k < mine.size(); ++k) {
      mine[k] = share * mine[k] + (Real{1} - share) * next[k];
    }
  }
}

void Augmentation::mix(std::span<double> weights, const Room& room) {
  const std::size_t count = room.shares.size();
  if (count < 2) return;
  const double first = weights.front();
  for (std::size_t i = 0; i < count; ++i) {
    const double share = room.shares[i];
    const double next = i + 1 < count ? weights[i + 1] : first;
    weights[i] = share * weights[i] + (1.0 - share) * next;
  }
}

}  // namespace tusk::samples
