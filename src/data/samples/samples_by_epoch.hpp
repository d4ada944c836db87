// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>
#include <utility>
#include <vector>

#include "data/samples/sample_source.hpp"

namespace tusk::samples {

// Samples that are handed out together but are of different epochs of one pass each: what is left
// of an epoch of several passes, when it is dealt anew (run/training/dealt_rows.hpp). Only their
// origins tell, on which augmentation depends.
class SamplesByEpoch final : public SampleSource {
 public:
  // `epochs`: of each sample, by its position.
  SamplesByEpoch(std::unique_ptr<SampleSource> samples, std::vector<std::uint64_t> epochs)
      : samples_(std::move(samples)), epochs_(std::move(epochs)) {}

  std::size_t size() const override { return samples_->size(); }
  const SampleForm& form() const override { return samples_->form(); }
  std::vector<std::uint64_t> class_counts() const override { return samples_->class_counts(); }
  std::vector<LabelRange> label_ranges() const override { return samples_->label_ranges(); }
  std::unique_ptr<SampleStream> stream(const SampleOrder& options) const override;
  std::unique_ptr<SampleSource> part_of(datasets::Block positions,
                                        std::size_t at_once) const override;

 private:
  std::unique_ptr<SampleSource> samples_;
  std::vector<std::uint64_t> epochs_;
};

}  // namespace tusk::samples
