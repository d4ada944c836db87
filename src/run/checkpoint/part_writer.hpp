// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>

#include "run/checkpoint/background.hpp"
#include "run/records/report.hpp"
#include "tusk/state.hpp"

namespace tusk::checkpoint {

// Writes a rank's part of each checkpoint, of every rank but rank 0, beside its training, and has a
// notice for rank 0 when it is done.
class PartWriter {
 public:
  // `writing`: the folder that rank 0 has made; `worker` is in the notices.
  PartWriter(std::filesystem::path writing, int rank, std::uint32_t worker);

  // Copies what `keep` goes through, behind the cut, and starts to write it. The last part must
  // have been taken.
  void write(std::uint64_t cut, const State::Keep& keep);

  // The notice for rank 0, once, when a part is on disk or cannot be. wait() waits for it.
  std::optional<records::Report> poll();
  std::optional<records::Report> wait();

 private:
  std::filesystem::path path_;
  std::uint32_t worker_;
  std::uint64_t cut_ = 0;
  std::uint64_t bytes_ = 0;
  Background background_;
};

}  // namespace tusk::checkpoint
