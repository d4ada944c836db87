// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cstddef>
#include <utility>
#include <vector>

#include "net/graph/model.hpp"
#include "tusk/error.hpp"

namespace tusk::graph {

using layers::LayerMemory;
using layers::Mode;

Workspace Model::make_workspace(std::size_t max_batch, bool training, std::size_t threads) const {
  if (max_batch == 0) fail(ExitCode::internal, "a workspace for batches of no samples");
  if (training && graph_.trained_count == 0) {
    fail(ExitCode::bad_experiment,
         "model.layers: all layers with weights are frozen: there is nothing to train");
  }
  Workspace workspace;
  workspace.max_batch_ = max_batch;
  workspace.training_ = training;
  workspace.team_ = std::make_unique<kernels::Team>(threads);
  std::vector<bool> has_predictions;
  for (const ModelOutput& output : outputs_) {
    has_predictions.push_back(output.fused != Activation::linear);
  }
  std::vector<Mode> modes{Mode::inference};
  if (training) modes.push_back(Mode::training);
  std::size_t size = 0;
  for (const Mode mode : modes) {
    PassPlan& plan = workspace.pass(mode).plan;
    plan = plan_pass(graph_, mode, max_batch, threads, has_predictions);
    size = std::max(size, plan.memory.place());
  }
  workspace.memory_.resize(size);
  for (const Mode mode : modes) lay_out(workspace, mode);
  return workspace;
}

void Model::lay_out(Workspace& workspace, Mode mode) const {
  Workspace::PassViews& pass = workspace.pass(mode);
  const PassPlan& plan = pass.plan;
  const std::size_t batch = workspace.max_batch();
  const auto matrix = [&](std::size_t part, std::size_t rows) -> Matrix {
    if (part == none) return {nullptr, rows, batch};
    return {workspace.part(plan, part, rows * batch).data(), rows, batch};
  };
  for (std::size_t i = 0; i < graph_.values.size(); ++i) {
    pass.buffers.push_back(matrix(plan.values[i], graph_.values[i].shape.elements()));
  }
  pass.values.resize(graph_.values.size());
  for (std::size_t i = 0; i < graph_.nodes.size(); ++i) {
    const GraphNode& node = graph_.nodes[i];
    const LayerMemory memory = node.layer->memory(mode);
    const PassPlan::Node& its = plan.nodes[i];
    Workspace::NodeViews views{.reads_inputs = memory.backward_reads_inputs,
                               .reads_outputs = memory.backward_reads_outputs};
    views.inputs.resize(node.inputs.size());
    views.inputs_read.resize(node.inputs.size());
    views.input_gradients.resize(node.inputs.size());
    views.outputs.resize(node.outputs.size());
    views.outputs_read.resize(node.outputs.size());
    views.output_gradients.resize(node.outputs.size());
    if (!its.is_view) {
      views.kept = matrix(its.kept, memory.kept);
      views.kept_of_batch = workspace.part(plan, its.kept_of_batch, memory.kept_of_batch);
      views.scratch = {workspace.part(plan, plan.scratch, 0).data(), memory.scratch,
                       plan.scratch_stride};
    }
    pass.nodes.push_back(std::move(views));
  }
  pass.calls_to_go.resize(graph_.layers.size());
  pass.outputs.resize(outputs_.size());
  pass.predictions.resize(outputs_.size());
}

}  // namespace tusk::graph
