// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "experiment/server_options.hpp"
#include "tusk/aligned_vector.hpp"
#include "tusk/state.hpp"

namespace tusk::center {

// Bytes on the wire for a delta of `size` floats:
//   bf16   the upper 16 bits of each float, rounded to nearest, ties to even: 2 bytes each
//   topk   the max(1, topk_fraction · size) largest in magnitude, 4 bytes of index and 4 of value
//          each; of equal ones at the border (by their upper 16 bits) the first
// Requires a kind other than `none`.
std::size_t compressed_bytes(const CompressionOptions& options, std::size_t size);

// Compresses the deltas that one worker sends by transport `message` (message_transport.cpp), with
// error feedback: what one commit leaves out is added to the next, so that in the sum over commits
// nothing is lost but the last remainder. Seide et al., "1-bit stochastic gradient descent",
// Interspeech 2014; Stich et al., "Sparsified SGD with memory", NeurIPS 2018. Allocates nothing
// after construction.
class Compressor {
 public:
  Compressor(const CompressionOptions& options, std::size_t size);

  // compressed_bytes() bytes, valid until the next call. `delta` has `size` finite elements.
  std::span<const std::byte> compress(std::span<const float> delta);

  void keep(State& state) { state("remainder", std::span(remainder_)); }

 private:
  void round_to_bf16();
  void pick_largest();

  CompressionOptions options_;
  AlignedVector<float> remainder_;  // plus, within compress, the delta
  std::vector<std::uint32_t> counts_;
  AlignedVector<std::byte> bytes_;
};

// out = what a compressor made of a delta; called by the MessageServer. Error(internal) for an
// index that is out of range.
void decompress(const CompressionOptions& options, std::span<const std::byte> bytes,
                std::span<float> out);

}  // namespace tusk::center
