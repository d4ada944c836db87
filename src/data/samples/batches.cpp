// SPDX-License-Identifier: Apache-2.0
#include "data/samples/batches.hpp"

#include <utility>

#include "data/samples/repeated_stream.hpp"
#include "tusk/error.hpp"

namespace tusk::samples {

namespace {

std::unique_ptr<SampleStream> make_stream(const SampleSource& samples,
                                          const BatchOptions& options) {
  auto stream = samples.stream({.shuffle = options.shuffle,
                                .seed = options.seed,
                                .worker = options.worker,
                                .epochs = options.epochs * options.repeat});
  if (options.repeat == 1) return stream;
  return std::make_unique<RepeatedStream>(std::move(stream), options.repeat);
}

}  // namespace

Batches::Batches(const SampleSource& samples, const BatchOptions& options)
    : Batches(make_stream(samples, options), options.batch_size) {}

Batches::Batches(std::unique_ptr<SampleStream> stream, std::size_t batch_size)
    : stream_(std::move(stream)),
      batch_size_(batch_size),
      features_(stream_->features() * batch_size),
      classes_(stream_->has_classes() ? batch_size : 0),
      values_(stream_->value_width() * batch_size),
      weights_(stream_->has_weights() ? batch_size : 0) {}

std::size_t Batches::batches() const { return (samples() + batch_size_ - 1) / batch_size_; }

void Batches::start_epoch(std::uint64_t epoch) {
  stream_->start_epoch(epoch);
  epoch_ = epoch;
  taken_ = 0;
}

void Batches::keep(State& state) {
  state("epoch", epoch_);
  state("taken", taken_);
  if (!state.reading() || epoch_ == 0) return;
  if (taken_ > samples()) {
    fail(ExitCode::bad_data, "the checkpoint is at sample {} of an epoch that has {}", taken_,
         samples());
  }
  stream_->start_epoch(epoch_);
  stream_->skip(taken_);
}

std::optional<Batch> Batches::next() {
  const Matrix features(features_.data(), stream_->features(), batch_size_);
  const Matrix values(values_.data(), stream_->value_width(), batch_size_);
  const std::size_t count = stream_->read(
      {.features = features, .classes = classes_, .values = values, .weights = weights_});
  if (count == 0) return std::nullopt;
  taken_ += count;
  Batch batch{.features = features.first_cols(count), .targets = {}, .samples = count};
  if (stream_->has_classes()) {
    batch.targets.classes = std::span(classes_).first(count);
  } else if (stream_->value_width() > 0) {
    batch.targets.values = values.first_cols(count);
  }
  if (stream_->has_weights()) batch.targets.weights = std::span(weights_).first(count);
  return batch;
}

}  // namespace tusk::samples
