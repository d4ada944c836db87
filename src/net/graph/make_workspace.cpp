// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cstddef>
#include <utility>
#include <vector>

#include "net/graph/chain_link.hpp"
#include "net/graph/model.hpp"
#include "tusk/error.hpp"

namespace tusk::graph {
namespace {

using layers::LayerMemory;
using layers::Mode;

// Every part of a workspace begins at a cache line, so that it is as fast and rounds the same
// wherever it lies.
std::size_t padded(std::size_t count) {
  constexpr std::size_t line = 64 / sizeof(Real);
  return (count + line - 1) / line * line;
}

// Hands out memory, part after part. In a first round it only counts how much is needed.
class Parts {
 public:
  explicit Parts(Span memory) : memory_(memory) {}

  Span take(std::size_t count) {
    const std::size_t offset = std::exchange(used_, used_ + padded(count));
    return memory_.empty() ? Span() : memory_.subspan(offset, count);
  }
  std::size_t used() const { return used_; }

 private:
  Span memory_;
  std::size_t used_ = 0;
};

}  // namespace

Workspace Model::make_workspace(std::size_t max_batch, bool training, std::size_t threads) const {
  if (max_batch == 0) fail(ExitCode::internal, "a workspace for batches of no samples");
  std::vector<Mode> modes{Mode::inference};
  if (training) modes.push_back(Mode::training);
  Workspace workspace;
  workspace.max_batch_ = max_batch;
  workspace.training_ = training;
  workspace.team_ = std::make_unique<kernels::Team>(threads);

  const auto lay_out = [&] {
    Parts parts(workspace.memory_);
    const auto take = [&](std::size_t rows) -> Matrix {
      return {parts.take(rows * max_batch).data(), rows, max_batch};
    };
    std::size_t widest = 0;
    std::size_t scratch = 0;
    workspace.layers_.clear();
    for (const PlacedLayer& placed : layers_) {
      Workspace::LayerViews views;
      const std::size_t outputs = placed.layer->output_shapes().front().elements();
      std::size_t written = 0;
      LayerMemory most;
      for (const Mode mode : modes) {
        const LayerMemory memory = placed.layer->memory(mode);
        if (!is_its_input(memory)) written = outputs;
        most.kept = std::max(most.kept, memory.kept);
        most.kept_of_batch = std::max(most.kept_of_batch, memory.kept_of_batch);
        scratch = std::max(scratch, memory.scratch);
      }
      views.buffer = take(written);
      const Matrix kept = take(most.kept);
      const Span kept_of_batch = parts.take(most.kept_of_batch);
      for (const Mode mode : modes) {
        const LayerMemory memory = placed.layer->memory(mode);
        views.rooms[static_cast<std::size_t>(mode)] = {
            .is_view = is_its_input(memory),
            .kept = {kept.data(), memory.kept, max_batch},
            .kept_of_batch = {kept_of_batch.data(), memory.kept_of_batch},
            .scratch = {nullptr, memory.scratch, 0}};
      }
      if (training) views.gradient = gradient_of_input(placed.layer->memory(Mode::training));
      workspace.layers_.push_back(std::move(views));
      widest = std::max(widest, outputs);
    }
    if (fused_ != Activation::linear) workspace.predictions_ = take(output_size());
    for (Span& gradients : workspace.gradients_) {
      gradients = parts.take(training ? widest * max_batch : 0);
    }
    const Span shared = parts.take(padded(scratch) * threads);  // layers use it in turns
    for (Workspace::LayerViews& views : workspace.layers_) {
      for (Workspace::Room& room : views.rooms) {
        room.scratch = {shared.data(), room.scratch.size(), padded(scratch)};
      }
    }
    return parts.used();
  };
  workspace.memory_.resize(lay_out());
  lay_out();
  return workspace;
}

}  // namespace tusk::graph
