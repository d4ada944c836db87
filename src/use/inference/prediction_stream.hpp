// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>

#include "use/evaluation/combined_outputs.hpp"
#include "use/inference/event_parser.hpp"

namespace tusk::inference {

struct StreamOptions {
  std::optional<EventFormat> format = {};  // nothing: as the first line that is not empty looks
  std::string features = "features";       // their member in a JSON object; of a single input
  std::chrono::milliseconds max_wait{50};  // of a line for its batch to begin
  std::size_t max_batch = 256;             // lines
};

struct StreamCounts {
  std::uint64_t lines = 0;
  std::uint64_t bad_lines = 0;
  bool reader_left = false;  // the output's reader closed it before the input's end
};

// Answers every line of `input` by a line of JSON on `output`, in order:
//   {"line":1,"prediction":[0.25,0.75],"index":1,"class":"s"}, and an object's other members; or
//   {"line":17,"error":"…"} for a line that cannot be answered.
// index is there for models that classify, class where classes have names. A model of several
// inputs takes objects with a member each, under its name; one of several outputs answers by
// objects:
//   {"line":1,"kind":{"prediction":[0.25,0.75],"index":1},"mass":{"prediction":[125.0]}}
//
// Lines are computed in batches. A batch begins when no more input is ready, when it is full (also:
// has 4 MiB of text), and when its oldest line has waited max_wait: a line that comes alone is
// answered at once, and under load batches grow by what comes while the last one is computed.
//
// A line of CSV that names one of the model's columns, and has no number, is a header, an error in
// its place; if it is not the model's columns in their order, it ends the stream: Error(bad_data).
//
// A line may have 1 MiB and 32 bytes for each of the model's inputs. Memory: such a line, a batch,
// and 4 MiB of text twice. Descriptors stay open. `members` are not empty. Error(io_error) if
// reading or writing fails, but not when nobody reads the output any more (SIGPIPE must be
// ignored).
StreamCounts stream_predictions(int input, int output,
                                std::span<const evaluation::TrainedModel> members,
                                evaluation::Combine combine, const StreamOptions& options);

}  // namespace tusk::inference
