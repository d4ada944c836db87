// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "core/score.hpp"
#include "experiment/model_options.hpp"
#include "net/graph/model_output.hpp"
#include "net/graph/network_graph.hpp"
#include "net/graph/workspace.hpp"
#include "tusk/gradient_sink.hpp"
#include "tusk/layer.hpp"
#include "tusk/matrix.hpp"
#include "tusk/parameter.hpp"
#include "tusk/real.hpp"
#include "tusk/shape.hpp"
#include "tusk/targets.hpp"

// The network as a whole. In this room:
//
//   model.cpp            builds a Model from its options, in these steps:
//     entry_names        what the entries of model.layers are called
//     wiring             who reads what, by names; the order of the entries
//     model_output       the outputs with their losses and metrics
//     build_graph        the graph itself (network_graph.hpp): values, nodes, layers; masks are
//                        wired here. check_node is what it asks of layers
//     parameter_layout   where the layers' parameters lie, and which are frozen
//   make_workspace.cpp   the memory of passes (workspace.hpp), as pass_plan.cpp plans it: which
//                        parts are in use when, on memory_plan; and how gradients add up
//   model_passes.cpp     the passes themselves: training, evaluation, prediction
//   backpropagation.cpp  the way back
//   summary.cpp          the table for people
//   tusk/loss.hpp        what a loss is; a loss a file, listed in losses.hpp, chosen by make_loss
//   metric.cpp           the metrics; chosen_class and class_row are what these and losses share
//   weighting            what weights of samples are to losses
//
// Who calls: training::assemble() makes the model; worker::Worker trains it; evaluation::Evaluation
// scores it and inference predicts with it, the one on rank 0 while others train; formats keeps it
// in files.
namespace tusk::graph {

// An input of a model.
struct ModelInput {
  std::string name;
  Shape shape;  // of a sample
};

// A graph of layers with named inputs and outputs, a loss and metrics an output. It describes the
// network and computes with it, but holds no weights: those are one flat vector of
// parameter_count() numbers that the caller owns, as are the gradients. Batches are (features,
// batch), one column a sample. Immutable after construction and safe to share between threads, each
// with a workspace of its own.
//
// The flat vector has three sections, in each of which the layers follow each other:
//
//   [0, trained_count())                 arrays that the optimizer moves; gradients are of these
//   [trained_count(), exchanged_count()) statistics of layers that are trained: train_step() moves
//                                        them itself
//   [exchanged_count(), parameter_count())  what is frozen, of either role: nothing moves it
//
// The workers' exchange carries [0, exchanged_count()). parameters() says where each array lies.
//
// No pass allocates memory. Every pass takes any batch of 1 to workspace.max_batch() samples. Where
// a pass takes one matrix or one Targets, the model must have one input; each output's loss then
// takes the same targets. Where there are several Targets, each may have weights of samples of its
// own; weighted metrics want the same for all, since a score has one sum of weights, the first's.
class Model {
 public:
  // A model of options.layers (options.file is not read) for samples of shape `input`.
  // Error(bad_experiment), naming the key, if they do not fit together.
  Model(const ModelOptions& options, const Shape& input);

  // The same for several inputs, in the order of options.inputs; none: of the shapes that these
  // have.
  Model(const ModelOptions& options, std::span<const Shape> inputs);

  const std::vector<ModelInput>& inputs() const { return inputs_; }
  const std::vector<ModelOutput>& outputs() const { return outputs_; }

  // Of the first input and output; most models have one of each.
  const Shape& input_shape() const { return inputs_.front().shape; }
  const Shape& output_shape() const { return outputs_.front().shape; }
  std::size_t input_size() const { return input_shape().elements(); }
  std::size_t output_size() const { return output_shape().elements(); }
  const LossOptions& loss() const { return outputs_.front().loss_options; }
  LabelKind labels() const { return outputs_.front().loss->labels(); }  // what the loss takes

  // The entries as they were asked for, but for `trainable`, which counts options.frozen in, and
  // the names that they go by: "dense", "dropout", "dense_1", ….
  const std::vector<LayerEntry>& layers() const { return layers_; }
  const std::vector<std::string>& layer_names() const { return layer_names_; }
  const NetworkGraph& graph() const { return graph_; }

  // What BatchScore::metric_sums are: the metrics; of several outputs "NAME_loss" of each, then
  // "NAME_accuracy" and so on. The weighted metrics are the last of them; weighing() says by which
  // weights.
  const std::vector<std::string>& metric_names() const { return metric_names_; }
  const BatchScore::Weighing& weighing() const { return weighing_; }

  std::size_t trained_count() const { return graph_.trained_count; }
  std::size_t exchanged_count() const { return graph_.exchanged_count; }
  std::size_t parameter_count() const { return graph_.parameter_count; }
  const std::vector<layers::Parameter>& parameters() const { return graph_.parameters; }

  // Draws the initial weights, each array from a random sequence of its own.
  void initialize(Span weights, std::uint64_t seed) const;

  // A table for people: layer (type), output shape, number of parameters, and what the layer reads
  // unless it is a chain; how many parameters there are and are trained.
  std::string summary() const;

  // Allocates all that passes need. They compute with so many threads; their results are the same
  // to the bit for any number. Error(bad_experiment) if it is for training and all is frozen.
  Workspace make_workspace(std::size_t max_batch, bool training, std::size_t threads = 1) const;

  // The score of the batch, before any update; the gradient of its mean loss goes to the sink,
  // which may update weights whose gradients it takes. Statistics in `weights` are brought up to
  // date.
  BatchScore train_step(Span weights, ConstMatrix x, const Targets& targets,
                        layers::GradientSink& sink, Workspace& workspace,
                        const layers::StepContext& step) const;

  // The same step, which leaves the gradient as a whole in the first trained_count() of
  // `gradients`.
  BatchScore train_step(Span weights, ConstMatrix x, const Targets& targets, Span gradients,
                        Workspace& workspace, const layers::StepContext& step) const;

  // The same for several inputs, and targets of each output or one for all.
  BatchScore train_step(Span weights, std::span<const ConstMatrix> inputs,
                        std::span<const Targets> targets, layers::GradientSink& sink,
                        Workspace& workspace, const layers::StepContext& step) const;
  BatchScore train_step(Span weights, std::span<const ConstMatrix> inputs,
                        std::span<const Targets> targets, Span gradients, Workspace& workspace,
                        const layers::StepContext& step) const;

  // The score of the batch in inference, and on request the outputs as predict() gives them.
  BatchScore evaluate(ConstSpan weights, ConstMatrix x, const Targets& targets,
                      Workspace& workspace, ConstMatrix* predicted = nullptr) const;
  BatchScore evaluate(ConstSpan weights, std::span<const ConstMatrix> inputs,
                      std::span<const Targets> targets, Workspace& workspace,
                      std::span<const ConstMatrix>* predicted = nullptr) const;

  // The (first) output (outputs, batch), or each one, final activation applied, valid until the
  // workspace's next use.
  ConstMatrix predict(ConstSpan weights, ConstMatrix x, Workspace& workspace) const;
  std::span<const ConstMatrix> predict(ConstSpan weights, std::span<const ConstMatrix> inputs,
                                       Workspace& workspace) const;

  // Below what the numbers of an input must be, where layers take them for indices; none where they
  // do not. What comes to such a layer through others that change it is left to the layer.
  std::optional<std::size_t> index_limit(std::size_t input = 0) const;

  // The score of predictions that were made elsewhere, as those of several models together, by a
  // loss of predictions for each output.
  BatchScore score(std::span<const Loss* const> losses, std::span<const ConstMatrix> predictions,
                   std::span<const Targets> targets) const {
    return score(losses, predictions, predictions, targets);
  }

  // Error(bad_data) unless the targets are of a kind and a width that every output can be trained
  // on. Whether each class exists is checked when its batch is scored.
  void check_targets(const Targets& targets) const;

 private:
  void check_size(const char* what, std::size_t size) const;
  void check_batch(std::span<const ConstMatrix> inputs, const Workspace& workspace) const;
  void check_targets(const Targets& targets, std::size_t output) const;
  static const Targets& targets_of(std::size_t output, std::span<const Targets> targets) {
    return targets.size() == 1 ? targets.front() : targets[output];
  }
  BatchScore score(std::span<const Loss* const> losses, std::span<const ConstMatrix> outputs,
                   std::span<const ConstMatrix> predictions,
                   std::span<const Targets> targets) const;

  layers::Pass pass_of(const GraphNode& node, const layers::Pass& context) const;
  void lay_out(Workspace& workspace, layers::Mode mode) const;

  // Takes the batch through the graph. Outputs are logits where the loss takes the last activation
  // over. `new_weights`: the same memory as `weights` in training.
  void forward(ConstSpan weights, Span new_weights, std::span<const ConstMatrix> inputs,
               Workspace& workspace, const layers::Pass& context) const;
  void call_forward(const GraphNode& node, const Workspace::NodeViews& views, ConstSpan weights,
                    Span new_weights, std::size_t batch, const layers::Pass& context) const;
  void predict_output(std::size_t index, Workspace& workspace, Workspace::PassViews& pass) const;
  void lay_down_gradients(std::span<const Targets> targets, Workspace& workspace) const;
  void backward(ConstSpan weights, layers::GradientSink& sink, Workspace& workspace,
                const layers::Pass& context) const;
  void propagate(std::size_t index, ConstSpan weights, layers::GradientSink& sink,
                 Workspace& workspace, const layers::Pass& context) const;
  void call_backward(std::size_t index, ConstSpan weights, layers::GradientSink& sink,
                     Workspace& workspace, const layers::Pass& context) const;

  std::vector<LayerEntry> layers_;
  std::vector<std::string> layer_names_;
  std::vector<ModelInput> inputs_;
  std::vector<ModelOutput> outputs_;
  std::vector<const Loss*> losses_;  // theirs
  NetworkGraph graph_;
  std::vector<std::string> metric_names_;
  BatchScore::Weighing weighing_{};
};

}  // namespace tusk::graph
