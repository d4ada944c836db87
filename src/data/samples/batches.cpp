// SPDX-License-Identifier: Apache-2.0
#include "data/samples/batches.hpp"

#include <algorithm>
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
    : Batches(make_stream(samples, options), options.batch_size, options.augmentation) {}

Batches::Batches(std::unique_ptr<SampleStream> stream, std::size_t batch_size,
                 std::shared_ptr<const Augmentation> augmentation)
    : stream_(std::move(stream)), batch_size_(batch_size), augmentation_(std::move(augmentation)) {
  const bool mixes = augmentation_ && augmentation_->mixes();
  std::size_t widest_label = 0;
  for (const std::size_t width : stream_->form().inputs) {
    features_.emplace_back(width * batch_size);
    feature_rooms_.emplace_back(features_.back().data(), width, batch_size);
  }
  for (const SampleForm::Labels& form : stream_->form().labels) {
    LabelMemory& memory = labels_.emplace_back();
    memory.classes.resize(form.classes ? batch_size : 0);
    const std::size_t width = mixes && form.classes ? form.class_count : form.width;
    widest_label = std::max(widest_label, width);
    memory.values.resize(width * batch_size);
    if (mixes) memory.mixed = Matrix(memory.values.data(), width, batch_size);
    memory.weights.resize(form.weighted ? batch_size : 0);
    label_rooms_.push_back(
        {.classes = memory.classes,
         .values = form.width > 0 ? Matrix(memory.values.data(), form.width, batch_size) : Matrix(),
         .weights = memory.weights});
  }
  inputs_.resize(features_.size());
  targets_.resize(labels_.size());
  if (augmentation_) {
    augmentation_room_ = augmentation_->room(batch_size, widest_label);
    origins_.resize(batch_size);
  }
}

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

// Labels that are classes become rows of a number a class, 1 in that of the label's, before they
// are mixed.
void Batches::augment(std::size_t count) {
  augmentation_->apply(feature_rooms_, std::span(origins_).first(count), augmentation_room_);
  if (!augmentation_->mixes()) return;
  for (const Matrix& input : feature_rooms_) Augmentation::mix(input, augmentation_room_);
  for (LabelMemory& label : labels_) {
    if (!label.classes.empty()) {
      std::ranges::fill(label.values, Real{0});
      for (std::size_t i = 0; i < count; ++i) {
        label.mixed(static_cast<std::size_t>(label.classes[i]), i) = Real{1};
      }
    }
    Augmentation::mix(label.mixed, augmentation_room_);
    if (!label.weights.empty()) Augmentation::mix(label.weights, augmentation_room_);
  }
}

std::optional<Batch> Batches::next() {
  const std::size_t count = stream_->read(
      {.inputs = feature_rooms_, .labels = label_rooms_, .origins = origins_, .size = batch_size_});
  if (count == 0) return std::nullopt;
  if (augmentation_) augment(count);
  taken_ += count;
  for (std::size_t i = 0; i < inputs_.size(); ++i) {
    inputs_[i] = feature_rooms_[i].first_cols(count);
  }
  for (std::size_t i = 0; i < targets_.size(); ++i) {
    const LabelRoom& room = label_rooms_[i];
    const Matrix& values = labels_[i].mixed.cols() > 0 ? labels_[i].mixed : room.values;
    targets_[i] = {.classes = room.classes.first(std::min(count, room.classes.size())),
                   .values = values.cols() > 0 ? values.first_cols(count) : Matrix(),
                   .weights = room.weights.first(std::min(count, room.weights.size()))};
  }
  return Batch{.inputs = inputs_,
               .labels = targets_,
               .samples = count,
               .features = inputs_.front(),
               .targets = targets_.empty() ? Targets() : targets_.front()};
}

}  // namespace tusk::samples
