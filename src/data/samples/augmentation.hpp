// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "data/samples/image_moves.hpp"
#include "data/samples/sample_stream.hpp"
#include "experiment/data_options.hpp"
#include "tusk/matrix.hpp"
#include "tusk/random.hpp"
#include "tusk/shape.hpp"

namespace tusk::samples {

// What training does to its samples, anew each epoch: data.augment. It comes after the transforms,
// to numbers as the model sees them; samples in memory stay as they are. What becomes of a sample
// is a function of (seed, its row in the training files, epoch): whichever worker has it, from
// memory or streamed, in whatever batch. A row that is there twice becomes the same twice. Only
// whom it is mixed with (Mixup) follows from its batch: the sample behind it.
//
// Batches apply it. Immutable; what it works in is the caller's.
class Augmentation {
 public:
  struct Input {
    std::string name;
    Shape shape;           // of a sample, as the model sees it
    bool indices = false;  // its numbers are looked up in a table
  };

  // What it works in: memory for batches of a size.
  struct Room {
    std::vector<Real> before;        // an image before it is moved; a batch's first sample
    std::vector<std::int32_t> rows;  // sources of pixels
    std::vector<std::int32_t> columns;
    std::vector<double> shares;  // of each sample of a batch, what is left of it: λ
  };

  // `inputs`: the model's. Error(bad_experiment), which names the key, if an entry does not fit
  // them.
  Augmentation(const AugmentLists& lists, std::vector<Input> inputs, std::uint64_t seed);

  bool mixes() const { return mixup_.has_value(); }

  // `label_width`: numbers of the widest label that mix() is given.
  Room room(std::size_t batch_size, std::size_t label_width) const;

  // Changes a batch in place, a column a sample, and draws its shares. Allocates nothing.
  void apply(std::span<const Matrix> inputs, std::span<const Origin> origins, Room& room) const;

  // Mixes each column, or weight, with the next one, the last with the first, by the shares drawn
  // last. All inputs, labels and weights of a batch are mixed alike. Allocates nothing.
  static void mix(Matrix columns, Room& room);
  static void mix(std::span<double> weights, const Room& room);

 private:
  struct Work;  // on one input of one sample

  std::vector<Input> inputs_;
  std::vector<std::vector<AugmentOptions>> steps_;  // of each input
  std::optional<Mixup> mixup_;
  std::uint64_t seed_;
};

}  // namespace tusk::samples
