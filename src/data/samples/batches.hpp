// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <vector>

#include "data/samples/augmentation.hpp"
#include "data/samples/sample_source.hpp"
#include "data/samples/sample_stream.hpp"
#include "tusk/aligned_vector.hpp"
#include "tusk/matrix.hpp"
#include "tusk/state.hpp"
#include "tusk/targets.hpp"

namespace tusk::samples {

// A view of some samples, valid until the next call of next() or start_epoch().
struct Batch {
  std::span<const ConstMatrix> inputs;  // of each array of features: (features, samples)
  std::span<const Targets> labels;      // of each array of labels; none if they were not read
  std::size_t samples = 0;

  // The first of each; of most data there is one.
  ConstMatrix features;
  Targets targets;  // neither classes nor values without labels
};

struct BatchOptions {
  std::size_t batch_size = 32;
  bool shuffle = true;     // a new order every epoch; otherwise the file's
  std::uint64_t seed = 0;  // the order is a function of (seed, worker, epoch)
  std::uint32_t worker = 0;
  std::size_t repeat = 1;    // an epoch is so many passes over the samples
  std::uint64_t epochs = 0;  // the last there will be; 0: not known
  std::shared_ptr<const Augmentation> augmentation{};  // of samples that are trained on; null: none
};

// The mini-batches of a worker, epoch after epoch: every sample once an epoch (or as often as it is
// repeated). The last batch of an epoch has what is left and may be smaller. Numbers are converted
// and transformed on the way, and augmented for training. A batch allocates nothing. The worker's
// loop calls it, and so do evaluation and prediction.
class Batches {
 public:
  // Takes mini-batches from `samples`, which must outlive the object.
  Batches(const SampleSource& samples, const BatchOptions& options);

  // Takes mini-batches from a stream, in the stream's order.
  Batches(std::unique_ptr<SampleStream> stream, std::size_t batch_size,
          std::shared_ptr<const Augmentation> augmentation = nullptr);

  std::size_t batch_size() const { return batch_size_; }
  std::size_t samples() const { return stream_->samples(); }  // an epoch
  std::size_t batches() const;                                // an epoch

  void start_epoch(std::uint64_t epoch);

  // Nothing at the end of the epoch.
  std::optional<Batch> next();

  // What a checkpoint keeps: the epoch, and how many of its samples have been handed out. Reading,
  // it goes on behind them.
  void keep(State& state);

 private:
  void augment(std::size_t count);  // the samples that have been read

  std::unique_ptr<SampleStream> stream_;
  std::size_t batch_size_;
  std::uint64_t epoch_ = 0;  // none has been started
  std::uint64_t taken_ = 0;  // samples of it

  // The memory of a batch, an array each, and views of it: of all, and of what has been read.
  // Labels that are classes and get mixed have values, too: a number a class.
  struct LabelMemory {
    std::vector<std::int32_t> classes;
    AlignedVector<Real> values;
    std::vector<double> weights;
    Matrix mixed;  // of `values`, in which labels are mixed; empty: they are not
  };
  std::vector<AlignedVector<Real>> features_;
  std::vector<LabelMemory> labels_;
  std::vector<Matrix> feature_rooms_;
  std::vector<LabelRoom> label_rooms_;
  std::vector<ConstMatrix> inputs_;
  std::vector<Targets> targets_;

  std::shared_ptr<const Augmentation> augmentation_;
  Augmentation::Room augmentation_room_;
  std::vector<Origin> origins_;
};

}  // namespace tusk::samples
