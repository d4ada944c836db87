// SPDX-License-Identifier: Apache-2.0
#include "run/training/dealt_rows.hpp"

#include <algorithm>
#include <memory>
#include <numeric>
#include <utility>

#include "data/datasets/split.hpp"
#include "data/samples/epoch_order.hpp"
#include "data/samples/load_samples.hpp"
#include "data/samples/sample_store.hpp"
#include "data/samples/samples_by_epoch.hpp"
#include "data/samples/stream_plan.hpp"
#include "run/training/assembly.hpp"
#include "run/training/load_data.hpp"
#include "tusk/error.hpp"

namespace tusk::training {

DealtRows::DealtRows(const Assembly& assembly, std::vector<checkpoint::Deal> deals)
    : assembly_(assembly), deals_(std::move(deals)), formats_(training_formats(assembly)) {
  for (const checkpoint::Deal& deal : deals_) last_ = std::max(last_, deal.last());
  const std::size_t newest = deals_.size() - 1;
  const auto is_over = [&](std::uint64_t epoch) {
    return std::ranges::all_of(sizes_left(newest, epoch), [](auto size) { return size == 0; });
  };
  while (first_ <= last_ && is_over(first_)) ++first_;
}

std::uint64_t DealtRows::left() const {
  std::uint64_t left = 0;
  for (std::uint64_t epoch = first_; epoch <= last_; ++epoch) {
    const auto sizes = sizes_left(deals_.size() - 1, epoch);
    left += std::accumulate(sizes.begin(), sizes.end(), std::uint64_t{0});
  }
  return left;
}

worker::DealtEpochs DealtRows::epochs(std::size_t parts) const {
  const auto read = [this, parts](std::uint64_t epoch, std::size_t part) {
    Part dealt = part_of_samples(deal(deals_.size() - 1, epoch, part, parts));
    const std::uint64_t repeat = assembly_.experiment.data.repeat;
    auto samples =
        samples::load_samples(assembly_.files.train, dealt.rows, formats_, assembly_.transforms,
                              assembly_.experiment.data.memory_limit->bytes);
    if (repeat == 1 || !assembly_.augmentation) return samples;
    for (std::uint64_t& pass : dealt.passes) pass += (epoch - 1) * repeat + 1;
    return std::unique_ptr<samples::SampleSource>(
        std::make_unique<samples::SamplesByEpoch>(std::move(samples), std::move(dealt.passes)));
  };
  return {.first = first_, .last = last_, .read = read};
}

DealtRows::Part DealtRows::part_of_samples(const Samples& samples) {
  datasets::Rows::List rows;
  std::vector<std::uint64_t> passes;
  rows.reserve(samples.size());
  passes.reserve(samples.size());
  for (const Sample& sample : samples) {
    rows.push_back(sample.row);
    passes.push_back(sample.pass);
  }
  return {.rows = std::move(rows), .passes = std::move(passes)};
}

bool DealtRows::as_ever(std::size_t d, std::uint64_t epoch) const {
  return std::all_of(deals_.begin(), deals_.begin() + static_cast<std::ptrdiff_t>(d),
                     [&](const checkpoint::Deal& earlier) { return epoch > earlier.last(); });
}

DealtRows::Part DealtRows::part_of(std::size_t d, std::uint64_t epoch, std::uint64_t part) const {
  if (!as_ever(d, epoch)) return part_of_samples(deal(d - 1, epoch, part, deals_[d].parts));
  return {.rows = assembly_.split.shard_rows(part, deals_[d].parts, assembly_.files.train.path()),
          .repeat = assembly_.experiment.data.repeat};
}

// Of a part with `size` samples an epoch: how many of them deal `d` has handed out.
std::uint64_t DealtRows::taken(std::size_t d, std::uint64_t epoch, std::uint64_t part,
                               std::uint64_t size) const {
  const checkpoint::Deal& deal = deals_[d];
  if (deal.begun.at(part) < epoch) return 0;
  for (const checkpoint::Deal::Pass& pass : deal.open) {
    if (pass.epoch != epoch || pass.part != part) continue;
    if (pass.taken <= size) return pass.taken;
    fail(ExitCode::bad_data, "the checkpoint is at sample {} of a part of epoch {} that has {}",
         pass.taken, epoch, size);
  }
  return size;
}

std::vector<std::uint64_t> DealtRows::sizes_left(std::size_t d, std::uint64_t epoch) const {
  const std::uint64_t parts = deals_[d].parts;
  std::uint64_t all = assembly_.training_rows;
  std::uint64_t repeat = assembly_.experiment.data.repeat;
  if (!as_ever(d, epoch)) {
    const auto before = sizes_left(d - 1, epoch);
    all = std::accumulate(before.begin(), before.end(), std::uint64_t{0});
    repeat = 1;
  }
  std::vector<std::uint64_t> sizes;
  for (std::uint64_t part = 0; part < parts; ++part) {
    const std::uint64_t size = repeat * datasets::block_of(all, part, parts).size();
    sizes.push_back(size - taken(d, epoch, part, size));
  }
  return sizes;
}

// The positions, ascending, that the order of this epoch has behind `taken`. Whether samples were
// streamed is decided as it was then: load_shard() goes by the largest shard, load_samples() by the
// part itself.
std::vector<std::uint64_t> DealtRows::positions_left(std::size_t d, std::uint64_t part,
                                                     const datasets::Rows& rows, bool usual,
                                                     std::uint64_t order_epoch,
                                                     std::uint64_t taken) const {
  const Experiment& experiment = assembly_.experiment;
  const datasets::Dataset& train = assembly_.files.train;
  const checkpoint::Deal& deal = deals_[d];
  const samples::SampleOrder order{.shuffle = experiment.data.shuffle,
                                   .seed = experiment.seed,
                                   .worker = static_cast<std::uint32_t>(part)};
  const bool shards = usual && experiment.trainer.parallelism_factor <= 1;
  const std::uint64_t decisive =
      shards ? datasets::block_of(assembly_.training_rows, 0, deal.parts).size() : rows.size();
  if (samples::fits_memory(train, decisive, formats_, assembly_.transforms, deal.memory_limit)) {
    return samples::left_in_memory(rows.size(), order, order_epoch, taken);
  }
  const samples::SampleLayout layout(train, formats_, assembly_.transforms);
  const samples::StreamPlan plan(train, rows, layout.sample_bytes(), deal.memory_limit);
  return samples::left_in_stream(plan, order, order_epoch, taken);
}

DealtRows::Samples DealtRows::left_of(std::size_t d, std::uint64_t epoch,
                                      std::uint64_t part) const {
  const Part all = part_of(d, epoch, part);
  const std::uint64_t size = all.rows.size();
  std::uint64_t done = taken(d, epoch, part, size * all.repeat);
  if (done == size * all.repeat) return {};
  // The pass over the rows that has begun, of `repeat` that make the epoch.
  const std::uint64_t pass = done / size;
  done -= pass * size;
  const bool usual = as_ever(d, epoch);
  const std::uint64_t order_epoch = usual ? (epoch - 1) * all.repeat + 1 + pass : epoch;
  Samples left;
  for (const std::uint64_t position : positions_left(d, part, all.rows, usual, order_epoch, done)) {
    left.push_back({all.rows[position], all.passes.empty() ? pass : all.passes[position]});
  }
  const datasets::Rows::List whole =
      all.repeat - pass > 1 ? all.rows.to_vector() : datasets::Rows::List();
  for (std::uint64_t later = pass + 1; later < all.repeat; ++later) {
    for (const std::uint64_t row : whole) left.push_back({row, later});
  }
  std::ranges::sort(left);
  return left;
}

// What deal `d` has left of the epoch, all its parts behind one another, in so many blocks.
DealtRows::Samples DealtRows::deal(std::size_t d, std::uint64_t epoch, std::uint64_t part,
                                   std::uint64_t parts) const {
  const std::vector<std::uint64_t> sizes = sizes_left(d, epoch);
  const std::uint64_t all = std::accumulate(sizes.begin(), sizes.end(), std::uint64_t{0});
  const datasets::Block wanted = datasets::block_of(all, part, parts);
  Samples dealt;
  dealt.reserve(wanted.size());
  std::uint64_t begin = 0;
  for (std::uint64_t from = 0; from < sizes.size(); begin += sizes[from++]) {
    const std::uint64_t first = std::max(wanted.begin, begin);
    const std::uint64_t end = std::min(wanted.end, begin + sizes[from]);
    if (first >= end) continue;
    const Samples left = left_of(d, epoch, from);
    dealt.insert(dealt.end(), left.begin() + static_cast<std::ptrdiff_t>(first - begin),
                 left.begin() + static_cast<std::ptrdiff_t>(end - begin));
  }
  return dealt;
}

}  // namespace tusk::training
