// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <compare>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

#include "data/datasets/rows.hpp"
#include "data/samples/label_format.hpp"
#include "data/samples/sample_source.hpp"
#include "run/checkpoint/facts.hpp"
#include "run/worker/passes.hpp"

namespace tusk::training {

struct Assembly;

// What is left of the epochs that had begun when a run went on with another number of workers,
// dealt to those that there are now: nobody trains on a sample twice in an epoch, and none is left
// out.
//
// A checkpoint keeps of every shard or partition how many samples of which epoch had been handed
// out (checkpoint::Deal). The order of an epoch is a function of (seed, shard, epoch), so that the
// rest can be told: R(k), of epoch k, in ascending rows. Of n parts the new number, part p is the
// p-th of n contiguous blocks of R(k). If the run is interrupted again within those epochs, the
// next R(k) is what is left of these parts, and so on.
//
// An epoch with data.repeat is of several passes, each an epoch of its own for augmentation. What
// is left of it has samples of any of them, so that each is dealt with its pass.
//
// Every rank computes its own parts alone, of the shards that they overlap, with 16 bytes a row of
// each. Reading throws what samples::load_samples does.
class DealtRows {
 public:
  // `assembly` must outlive the object. `deals`, of which there is one at least: the first one
  // comes first.
  DealtRows(const Assembly& assembly, std::vector<checkpoint::Deal> deals);

  // The epochs that are dealt unusually: those before first() are over, those after last() are
  // dealt as ever. None if first() is last() + 1.
  std::uint64_t first() const { return first_; }
  std::uint64_t last() const { return last_; }

  // How many samples are left of epoch first() to last(), of all parts.
  std::uint64_t left() const;

  // Such epochs, for the passes of a worker. Rows that are to be trained on more than once occur as
  // often.
  worker::DealtEpochs epochs(std::size_t parts) const;

 private:
  // A row that is to be trained on, and in which pass of its epoch, from 0.
  struct Sample {
    std::uint64_t row = 0;
    std::uint64_t pass = 0;
    auto operator<=>(const Sample&) const = default;
  };
  using Samples = std::vector<Sample>;

  // The samples of a part as a deal begins an epoch with it: each row `repeat` times.
  struct Part {
    datasets::Rows rows;
    std::uint64_t repeat = 1;
    std::vector<std::uint64_t> passes{};  // of each row, where it is dealt anew, and only once
  };

  // Whether the epoch is of deal `d` as it would be had nothing happened before.
  bool as_ever(std::size_t d, std::uint64_t epoch) const;
  Part part_of(std::size_t d, std::uint64_t epoch, std::uint64_t part) const;
  std::uint64_t taken(std::size_t d, std::uint64_t epoch, std::uint64_t part,
                      std::uint64_t size) const;
  std::vector<std::uint64_t> sizes_left(std::size_t d, std::uint64_t epoch) const;  // by part
  static Part part_of_samples(const Samples& samples);
  Samples left_of(std::size_t d, std::uint64_t epoch, std::uint64_t part) const;
  Samples deal(std::size_t d, std::uint64_t epoch, std::uint64_t part, std::uint64_t parts) const;
  std::vector<std::uint64_t> positions_left(std::size_t d, std::uint64_t part,
                                            const datasets::Rows& rows, bool usual,
                                            std::uint64_t order_epoch, std::uint64_t taken) const;

  const Assembly& assembly_;
  std::vector<checkpoint::Deal> deals_;
  samples::LabelFormats formats_;
  std::uint64_t first_ = 1;
  std::uint64_t last_ = 0;
};

}  // namespace tusk::training
