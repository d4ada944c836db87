// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <fmt/format.h>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "tusk/aligned_vector.hpp"
#include "use/inference/line_reader.hpp"
#include "use/inference/prediction_stream.hpp"

namespace tusk::inference {

// The lines of a stream that are to be answered next, with the models that answer them.
// stream_predictions adds lines until the batch is full or due, and then asks for the answers.
class EventBatch {
 public:
  using Clock = std::chrono::steady_clock;

  EventBatch(std::span<const evaluation::TrainedModel> members, evaluation::Combine combine,
             const StreamOptions& options);

  bool empty() const { return size_ == 0; }
  bool full() const;
  bool due() const { return Clock::now() - oldest_ >= options_.max_wait; }  // requires !empty()
  std::uint64_t bad_lines() const { return bad_lines_; }

  void add(const Line& line);

  // Appends a line of JSON for each line to `out`, and is empty again.
  void answer(fmt::memory_buffer& out);

 private:
  struct Slot {
    std::uint64_t line = 0;
    std::string error;  // empty: its features are the next sample of the batch
    std::string echo;
  };

  void parse(const Line& line, Slot& slot);
  void check_header(const Line& line) const;
  void check_width(std::size_t input, std::size_t numbers);
  void transform();
  void append_answer(std::size_t sample, std::span<const ConstMatrix> outputs,
                     fmt::memory_buffer& out) const;

  StreamOptions options_;
  evaluation::CombinedOutputs outputs_;

  // What answers say of an output.
  struct Output {
    std::string name;  // as JSON text
    bool classifies = false;
    std::vector<std::string> class_names{};  // as JSON texts
  };
  void append_prediction(const Output& output, ConstSpan numbers, fmt::memory_buffer& out) const;

  std::vector<Output> said_;
  std::vector<std::string> columns_;  // the names of the model's; empty: it knows none
  EventMembers members_;
  std::vector<std::vector<AlignedVector<Real>>>
      features_;  // a member's inputs: (inputs, max_batch)
  std::vector<std::vector<ConstMatrix>> views_;
  std::vector<evaluation::CombinedOutputs::Inputs> inputs_;  // of views_, a member each
  Event event_;
  std::optional<EventFormat> format_;
  std::vector<std::size_t> widths_;  // of the last event that fits, an input each; 0: none has
  std::vector<Slot> slots_;
  std::size_t size_ = 0;     // slots in use
  std::size_t samples_ = 0;  // of them without an error
  std::size_t text_bytes_ = 0;
  std::uint64_t bad_lines_ = 0;
  Clock::time_point oldest_;
};

}  // namespace tusk::inference
