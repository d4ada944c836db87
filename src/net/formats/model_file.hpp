// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "data/datasets/column_names.hpp"
#include "experiment/model_options.hpp"
#include "experiment/optimizer_options.hpp"
#include "net/formats/optimizer_state.hpp"
#include "net/graph/model.hpp"
#include "tusk/aligned_vector.hpp"
#include "tusk/extensions.hpp"
#include "tusk/shape.hpp"

// Models on disk. In this room:
//
//   model_file          a whole model, from wherever it is. model_source tells forms apart,
//                       keras_archive (zip_archive, zip_contents) opens .keras, read_weights and
//                       tusk_group read what is beside the layers
//   save_model          a whole model, written as model.h5 or .keras (write_zip)
//   model_config        Keras's JSON of the layers: keras_graph (keras_calls) reads it as it is,
//                       models within models included, flatten_graph makes one graph of it.
//                       keras_layer, keras_inner_layer, keras_initializer and keras_names write and
//                       read layers one by one, by the describe() of their options; keras1_words
//                       translates
//   keras_order         in which order Keras has a graph's layers, and so the file
//   transform_layers    what transforms do, as layers that Keras has, in front of the model's
//   training_config     losses, metrics and optimizer (keras_optimizer) that a model was compiled
//                       with, both ways; read_compiled: as what an experiment says
//   optimizer_state     what the optimizer remembers
//   output_attributes   the outputs of a graph with their losses and metrics
//   data_attributes     the data sets of inputs and labels, and transforms of several inputs
//   foreign_file        what files of other programs are
//   change_head         another head for a model that training goes on from
//   model_weights       the arrays of weights in an .h5, keras3_weights those in .keras and
//                       .weights.h5 of Keras 3
//   read_ensemble       which model files an ensemble is made of
//
// Who calls: save_model() by training::Run at the end of a run; load_model() by evaluate and
// predict (evaluation::TrainedModel), by inspect, and by training::assemble() for model.file.
namespace tusk::formats {

// What training knew of the data set of an input, and of an array of labels.
struct InputData {
  std::string dataset;            // its name
  std::string transforms = "[]";  // as ModelContent's
  std::optional<Shape> stored{};
  datasets::ColumnNames columns{};
};
struct LabelData {
  std::string dataset;
  std::vector<std::string> class_names{};
};

// A model as its file holds it.
struct ModelContent {
  Shape input;                     // of one sample; of a graph its first input's
  std::vector<LayerEntry> layers;  // their initializers are kept, too
  AlignedVector<float> weights;    // all parameters, laid out as by graph::Model

  // Of a graph: its inputs with their shapes, and its outputs, with losses of their own or without.
  // A chain has none of the one and needs none of the other.
  std::vector<InputOptions> inputs = {};
  std::vector<OutputOptions> outputs = {};

  std::optional<LossOptions> loss;  // none in models from elsewhere that do not say
  double huber_delta = 1.0;
  double label_smoothing = 0.0;
  bool from_logits = false;
  std::vector<MetricKind> metrics;
  std::vector<MetricKind> weighted_metrics = {};
  std::vector<std::string> not_compiled;  // what Keras compiled the model with, and we do not have
  std::optional<OptimizerOptions> optimizer = {};      // that it was compiled or trained with
  std::vector<std::string> not_of_optimizer = {};      // why there is none
  std::optional<OptimizerState> optimizer_state = {};  // for save_model(); load_optimizer_state()
  // Whether the labels that it was trained on are rows of numbers, for a loss of classes: those of
  // all outputs or of each.
  std::vector<std::uint8_t> one_hot_labels = {};
  std::string transforms = "[]";         // JSON by transforms::Transforms
  std::optional<Shape> stored;           // of a row before them, if it is known
  std::vector<std::string> class_names;  // by class index; empty: classes have no names
  datasets::ColumnNames columns;         // of the training rows, before the transforms
  // Of each input, and of the labels of all outputs or of each; empty where it is not known. Of the
  // first, transforms, stored, class_names and columns above are the same.
  std::vector<InputData> input_data = {};
  std::vector<LabelData> label_data = {};
  std::vector<std::string> new_layers = {};  // change_head(): whose weights are to be drawn
  std::string facts = "{}";  // JSON: what training has to say (epochs, versions, …)
};

// Writes Keras's legacy HDF5 layout: the attribute `model_config`, JSON, and the group
// `model_weights` with a group a layer. A chain is a Sequential model that begins with an
// InputLayer; any other graph a Functional one. Keras 2 and 3 load both. A
// Dense kernel is (in, units) row-major there, which is our (units, in) column-major: the same
// bytes. What Keras has no place for are attributes of the group `tusk`.
//
// Transforms are also layers in front of the model's own, for each input, so that Keras predicts
// from rows as they are stored; `transform_layers` in the group `tusk` names them, and load_model()
// takes them out again. Where Keras's layers cannot do what a transform does, the file has the
// network alone. Returns what of that, and of digits that float32 has not, Keras users should know.
//
// Loss, metrics and optimizer are Keras's `training_config`, so that load_model() compiles the
// model, unless one of them is none of Keras's, which is said.
//
// The file appears complete or not at all. Error(cannot_create) or Error(io_error).
std::vector<std::string> save_model(const std::string& path, const ModelContent& model);

// How many bytes save_model() will write for such a model, and rather more: HDF5's own are counted
// by the array and the layer. The content need not have its weights; `optimizer_arrays` are those
// that its optimizer_state will have beside each array that is trained.
std::uint64_t model_file_bytes(const ModelContent& model, std::size_t optimizer_arrays);

// The same as Keras 3's own form, `.keras` (keras_archive.hpp), with the group `tusk` among the
// weights. Keras restores the state of the optimizer from it. Error(bad_data) beyond 4 GiB.
std::vector<std::string> save_archive(const std::string& path, const ModelContent& model);

// Reads what save_model writes, and Sequential and Functional models of layers that we have, which
// Keras 2 or 3 wrote as HDF5 or .keras. A layer of `extensions` has the class "package>name", a
// loss of theirs the same name. The folder of a checkpoint stands for its model. With `weights`
// these are in another file, as Keras's save_weights() leaves them, or in a whole model; `path` may
// then also be the JSON of a model's layers, as to_json() makes it. Every shape is checked against
// the layers. Error(no_input), or Error(bad_data) that names the layer, loss or data set.
ModelContent load_model(const std::string& path, const Extensions& extensions,
                        const std::string& weights = "");

// The weights of a model that an experiment describes, from any file that load_model() takes
// weights from. Error(no_input) or Error(bad_data).
AlignedVector<float> load_weights(const std::string& path, const graph::Model& model,
                                  const Extensions& extensions);

// The same as load_model() without the weights, for which nothing else is opened.
ModelContent load_without_weights(const std::string& path, const Extensions& extensions);

// What the optimizer of a whole file remembers, if it is of the same kind as `optimizer`, for a
// model of these arrays; nothing otherwise, and in `reason` why (Keras 2's is not read). Error(
// bad_data) if it does not fit.
std::optional<OptimizerState> load_optimizer_state(const std::string& path,
                                                   const OptimizerOptions& optimizer,
                                                   const graph::Model& model, std::string& reason);

// The file of a model: the path itself, or, for the folder of a checkpoint, the model in it.
std::string model_file_of(const std::string& path);

// Whether a file is the JSON of a model's layers, and not of an ensemble.
bool is_architecture(const std::string& path);

// The content's layers, inputs, outputs, loss and metrics as options, and the model that they make.
// Without a loss in the file it is mse.
ModelOptions options_of(const ModelContent& content);
graph::Model make_model(const ModelOptions& options, const ModelContent& content);

// The same model as the content's weights are laid out for; losses play no part in that.
graph::Model layout_of(const ModelContent& content);

// What training knew of an input; without a name and transforms where the file does not say.
InputData data_of_input(const ModelContent& content, std::size_t input);

// The content's weights as `model` lays them out, which has the same layers by name, but may freeze
// others and have them in another order.
AlignedVector<float> weights_for(const graph::Model& model, const ModelContent& content);

}  // namespace tusk::formats
