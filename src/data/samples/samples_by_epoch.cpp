// SPDX-License-Identifier: Apache-2.0
#include "data/samples/samples_by_epoch.hpp"

#include <utility>

namespace tusk::samples {
namespace {

class StreamByEpoch final : public SampleStream {
 public:
  StreamByEpoch(std::unique_ptr<SampleStream> stream, const std::vector<std::uint64_t>& epochs)
      : stream_(std::move(stream)), epochs_(epochs) {}

  std::size_t samples() const override { return stream_->samples(); }
  const SampleForm& form() const override { return stream_->form(); }
  void start_epoch(std::uint64_t epoch) override { stream_->start_epoch(epoch); }
  void skip(std::size_t count) override { stream_->skip(count); }

  std::size_t read(const SampleRoom& room) override {
    const std::size_t count = stream_->read(room);
    if (room.origins.empty()) return count;
    for (Origin& origin : room.origins.subspan(room.first, count)) {
      origin.epoch = epochs_[origin.position];
    }
    return count;
  }

 private:
  std::unique_ptr<SampleStream> stream_;
  const std::vector<std::uint64_t>& epochs_;
};

}  // namespace

std::unique_ptr<SampleStream> SamplesByEpoch::stream(const SampleOrder& options) const {
  return std::make_unique<StreamByEpoch>(samples_->stream(options), epochs_);
}

std::unique_ptr<SampleSource> SamplesByEpoch::part_of(datasets::Block positions,
                                                      std::size_t at_once) const {
  const auto begin = epochs_.begin() + static_cast<std::ptrdiff_t>(positions.begin);
  return std::make_unique<SamplesByEpoch>(
      samples_->part_of(positions, at_once),
      std::vector(begin, begin + static_cast<std::ptrdiff_t>(positions.size())));
}

}  // namespace tusk::samples
