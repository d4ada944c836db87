// SPDX-License-Identifier: Apache-2.0
#include "data/samples/window_stream.hpp"

#include <algorithm>
#include <utility>

#include "data/samples/check_rows.hpp"
#include "data/samples/epoch_order.hpp"

namespace tusk::samples {

WindowStream::WindowStream(std::shared_ptr<const StreamedShard::Content> content,
                           const SampleOrder& options)
    : content_(std::move(content)), options_(options) {}

bool WindowStream::fill(SampleWindow& window, std::uint64_t epoch, std::size_t index,
                        const std::function<bool()>& cancelled) {
  const StreamPlan& plan = content_->plan;
  if (index == 0) blocks_ = order_of_blocks(plan, options_, epoch);
  const datasets::Block wanted = plan.window(index);
  auto random = random_of_window(plan, options_, epoch, index);
  return window.fill(content_->dataset, content_->rows, plan,
                     std::span(blocks_).subspan(wanted.begin, wanted.size()),
                     random ? &*random : nullptr, cancelled);
}

void WindowStream::start_epoch(std::uint64_t epoch) {
  epoch_ = epoch;
  window_ = nullptr;
  next_ = 0;
  if (!prefetcher_) {
    prefetcher_.emplace(
        Prefetcher::Options{.windows = content_->plan.windows(),
                            .epochs = options_.epochs,
                            .same_epochs = !options_.shuffle},
        [this](auto&&... arguments) {
          return fill(std::forward<decltype(arguments)>(arguments)...);
        },
        content_->layout, content_->plan.window_samples());
  }
  prefetcher_->start_epoch(epoch);
}

std::size_t WindowStream::read(const SampleRoom& room) {
  std::size_t count = 0;
  while (prefetcher_ && count < room.size) {
    if (window_ == nullptr || next_ == window_->size()) {
      window_ = prefetcher_->next();
      next_ = 0;
      if (window_ == nullptr) break;
      continue;
    }
    const std::size_t place = window_->place(next_++);
    window_->store().copy_to(place, room, count);
    check(place, room, room.first + count);
    if (!room.origins.empty()) {
      const std::uint64_t position = window_->position(place);
      room.set_origin(count, {content_->rows[position], epoch_, position});
    }
    ++count;
  }
  return count;
}

void WindowStream::check(std::size_t place, const SampleRoom& room, std::size_t column) const {
  const std::vector<FeatureLayout>& inputs = content_->layout.inputs;
  for (std::size_t i = 0; i < inputs.size(); ++i) {
    if (inputs[i].transforms.accepts(room.inputs[i].col(column))) continue;
    const std::uint64_t row = content_->rows[window_->position(place)];
    check_features(content_->dataset.features(i), {row}, inputs[i].type,
                   window_->store().stored(i, place, 1), inputs[i].transforms);
  }
}

// The windows are read, but not transformed.
void WindowStream::skip(std::size_t count) {
  while (prefetcher_ && count > 0) {
    if (window_ == nullptr || next_ == window_->size()) {
      window_ = prefetcher_->next();
      next_ = 0;
      if (window_ == nullptr) return;
    }
    const std::size_t here = std::min(count, window_->size() - next_);
    next_ += here;
    count -= here;
  }
}

}  // namespace tusk::samples
