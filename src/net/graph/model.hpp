// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "core/score.hpp"
#include "experiment/model_options.hpp"
#include "net/graph/workspace.hpp"
#include "tusk/gradient_sink.hpp"
#include "tusk/layer.hpp"
#include "tusk/loss.hpp"
#include "tusk/matrix.hpp"
#include "tusk/parameter.hpp"
#include "tusk/real.hpp"
#include "tusk/shape.hpp"
#include "tusk/targets.hpp"

// The network as a whole. In this room:
//
//   model.cpp           builds a Model from its options, layer by layer; chain_link says which
//                       layers it can take
//   make_workspace.cpp  plans and allocates the memory of passes (workspace.hpp)
//   model_passes.cpp    the passes themselves: training, evaluation, prediction
//   loss.hpp            what a loss is; a loss a file, listed in losses.hpp, chosen by make_loss
//   metric.cpp          the metrics; class_choice and classes are what these and losses share
//
// Who calls: training::assemble() makes the model; worker::Worker trains it; evaluation::Evaluation
// scores it and inference predicts with it, the one on rank 0 while others train; formats keeps it
// in files.
namespace tusk::graph {

// A stack of layers with a loss and metrics. It describes the network and computes with it, but
// holds no weights: those are one flat vector of parameter_count() numbers that the caller owns, as
// are the gradients. Batches are (features, batch), one column a sample. Immutable after
// construction and safe to share between threads, each with a workspace of its own.
//
// No pass allocates memory. Every pass takes any batch of 1 to workspace.max_batch() samples.
class Model {
 public:
  // A model of options.layers (options.file is not read) for samples of shape `input`.
  // Error(bad_experiment), naming the key, if they do not fit together.
  Model(const ModelOptions& options, const Shape& input);

  const Shape& input_shape() const { return input_; }
  const Shape& output_shape() const { return output_; }
  std::size_t input_size() const { return input_.elements(); }
  std::size_t output_size() const { return output_.elements(); }

  // The layers as they were asked for and the names they go by: "dense", "dropout", "dense_1", ….
  const std::vector<LayerEntry>& layers() const { return options_.layers; }
  const std::vector<std::string>& layer_names() const { return layer_names_; }

  const LossOptions& loss() const { return options_.loss; }
  LabelKind labels() const { return loss_->labels(); }  // what the loss takes
  const std::vector<MetricKind>& metrics() const { return options_.metrics; }
  const std::vector<std::string>& metric_names() const { return metric_names_; }

  std::size_t parameter_count() const { return parameter_count_; }
  const std::vector<layers::Parameter>& parameters() const { return parameters_; }

  // Draws the initial weights, each array from a random sequence of its own.
  void initialize(Span weights, std::uint64_t seed) const;

  // A table for people: layer (type), output shape, number of parameters; their total.
  std::string summary() const;

  // Allocates all that passes need. They compute with so many threads; their results are the same
  // to the bit for any number.
  Workspace make_workspace(std::size_t max_batch, bool training, std::size_t threads = 1) const;

  // The score of the batch, before any update; the gradient of its mean loss goes to the sink,
  // which may update weights whose gradients it takes.
  BatchScore train_step(ConstSpan weights, ConstMatrix x, const Targets& targets,
                        layers::GradientSink& sink, Workspace& workspace,
                        const layers::StepContext& step) const;

  // The same step, which leaves the gradient as a whole in `gradients`.
  BatchScore train_step(ConstSpan weights, ConstMatrix x, const Targets& targets, Span gradients,
                        Workspace& workspace, const layers::StepContext& step) const;

  // The score of the batch in inference, and on request the outputs as predict() gives them.
  BatchScore evaluate(ConstSpan weights, ConstMatrix x, const Targets& targets,
                      Workspace& workspace, ConstMatrix* predicted = nullptr) const;

  // The outputs (outputs, batch), final activation applied, valid until the workspace's next use.
  ConstMatrix predict(ConstSpan weights, ConstMatrix x, Workspace& workspace) const;

  // Error(bad_data) unless the targets are of a kind and a width that this model can be trained on.
  // Whether each class exists is checked when its batch is scored.
  void check_targets(const Targets& targets) const;

 private:
  void add_layer(const LayerOptions& options);
  void check_loss();
  void add_metrics();
  // Takes the batch through the layers up to the outputs, which are logits where the loss takes the
  // last activation over.
  ConstMatrix forward(ConstSpan weights, ConstMatrix x, Workspace& workspace,
                      const layers::Pass& context) const;
  void backward(ConstSpan weights, Matrix dy, layers::GradientSink& sink, Workspace& workspace,
                const layers::Pass& context) const;
  ConstMatrix predictions(ConstMatrix outputs, Workspace& workspace) const;
  BatchScore score(ConstMatrix outputs, ConstMatrix predictions, const Targets& targets) const;

  void check_size(const char* what, std::size_t size) const;

  // A layer and its part of the flat vectors.
  struct PlacedLayer {
    std::unique_ptr<layers::Layer> layer;
    std::size_t offset = 0;
    std::size_t size = 0;
  };

  ModelOptions options_;
  Shape input_;
  Shape output_;
  std::vector<PlacedLayer> layers_;
  std::vector<std::string> layer_names_;
  std::vector<std::string> metric_names_;
  std::vector<layers::Parameter> parameters_;
  std::size_t parameter_count_ = 0;
  std::size_t first_trained_ = 0;          // the first layer with parameters
  Activation fused_ = Activation::linear;  // the last activation, if the loss takes it over
  std::unique_ptr<Loss> loss_;
};

}  // namespace tusk::graph
