// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>
#include <utility>

#include "data/samples/sample_stream.hpp"

namespace tusk::samples {

// A stream whose epoch is so many epochs of another: epoch e is its epochs (e − 1)·times + 1 …
// e·times, so that training with repetitions sees the samples in the order in which as many epochs
// without them do. Each sample is there `times` times an epoch; nothing is kept.
class RepeatedStream final : public SampleStream {
 public:
  RepeatedStream(std::unique_ptr<SampleStream> stream, std::size_t times)
      : stream_(std::move(stream)), times_(times) {}

  std::size_t samples() const override { return times_ * stream_->samples(); }
  const SampleForm& form() const override { return stream_->form(); }

  void start_epoch(std::uint64_t epoch) override;
  std::size_t read(const SampleRoom& room) override;
  void skip(std::size_t count) override;  // at the start of an epoch

 private:
  std::unique_ptr<SampleStream> stream_;
  std::size_t times_;
  std::uint64_t inner_epoch_ = 0;
  std::size_t left_ = 0;  // epochs of the other stream, after this one
};

}  // namespace tusk::samples
